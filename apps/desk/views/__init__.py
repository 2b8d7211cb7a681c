"""The desk's screens: check the input, call a service or query, shape the output."""
