"""People who ask, known by many names."""
