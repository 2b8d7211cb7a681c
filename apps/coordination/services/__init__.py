"""What the engine does: steps, outside calls, breakers, sweeps, and operators' decisions."""
