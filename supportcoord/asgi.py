"""The live stream as an ASGI server wants it; every other page is served by `wsgi`."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportcoord.settings")

application = get_asgi_application()
