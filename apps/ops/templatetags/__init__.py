"""Tags of operators' pages."""
