"""Who may use the REST interface, and how much; people and teams over HTTP."""
