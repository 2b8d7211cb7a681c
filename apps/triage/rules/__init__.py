"""Plain decisions: what to make of a model's answer, and how urgent a message is."""
