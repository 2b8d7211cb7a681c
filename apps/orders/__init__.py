"""A mirror of the shops' orders."""
