"""Ways in over HTTP that start a process."""
