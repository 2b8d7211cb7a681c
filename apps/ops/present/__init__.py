"""What operators' pages show, as plain values: templates compute nothing."""
