"""The processes, one story a file. A story reads from top to bottom; its steps are elsewhere."""
