"""The composition root: settings, addresses, the Celery app, error mapping, checks."""
