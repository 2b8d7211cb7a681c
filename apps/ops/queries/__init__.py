"""What operators read: dead letters, whole runs, breakers."""
