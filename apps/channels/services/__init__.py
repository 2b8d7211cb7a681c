"""What people and programs do with mail. Each change is one transaction with its event."""
