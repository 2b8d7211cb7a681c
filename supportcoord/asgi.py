"""The live stream as an ASGI server wants it; every other page is served by `wsgi`."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportcoord.settings")
django.setup()

from apps.desk.stream import application  # noqa: E402 - it needs the settings

__all__ = ["application"]
