"""What people and programs do with contacts and notes."""
