"""The whole product on one machine: `manage.py dev`, which is what `make run` runs."""
