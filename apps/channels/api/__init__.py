"""Mail that providers post here."""
