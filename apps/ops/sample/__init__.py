"""Juniper & Pine, a made-up outdoor shop: its people, its mail, and a day at its desk."""
