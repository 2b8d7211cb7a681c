"""What CRMs tell us over HTTP."""
