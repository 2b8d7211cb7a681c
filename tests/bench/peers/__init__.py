"""The same work elsewhere. What stands here runs in an environment of its own."""
