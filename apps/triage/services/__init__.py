"""What people and flows do with triage: classify, record, train, choose the live model."""
