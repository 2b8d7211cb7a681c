"""What the engine costs, beside three others that do the same work: `make bench`."""
