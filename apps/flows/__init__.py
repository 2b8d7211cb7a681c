"""The processes: straight-line stories that call services of several apps."""
