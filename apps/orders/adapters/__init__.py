"""Ways to reach a shop. Each kind is known to one file here."""
