"""Foundations: errors, state tables, locks, signing. Knows nothing of support."""
