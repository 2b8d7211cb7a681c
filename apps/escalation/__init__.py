"""Promises about time, and who hears when one is in danger."""
