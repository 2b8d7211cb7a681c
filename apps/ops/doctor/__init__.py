"""Says in sentences what is stuck and why, and what to do: facts first, then plain rules."""
