"""Rules that admins write, and the team a ticket goes to."""
