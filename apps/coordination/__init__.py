"""The engine: events, runs, steps, retries. Knows nothing of tickets."""
