"""What people and programs do with orders."""
