"""What people do with tickets. Each change is one transaction with its event."""
