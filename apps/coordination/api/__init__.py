"""The engine over HTTP: requests taken in once, runs."""
