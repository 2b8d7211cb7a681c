"""What is checked in the end, one file for each promise; each check yields sentences."""
