"""Ways to reach a CRM. Each kind is known to one file here."""
