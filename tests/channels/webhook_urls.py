"""The product's addresses with every provider's among them."""

from django.urls import include, path

from apps.channels.adapters.providers import PROVIDERS
from apps.channels.api.webhooks import webhooks
from supportcoord.urls import handler400, handler403, handler404, handler500
from supportcoord.urls import urlpatterns as own
from tests.make.providers import API_KEY, KEY, LOGIN, POSTAL_KEY

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

SIGNERS = dict.fromkeys(("mailersend", "mailgun", "mandrill"), KEY) | {"postal": POSTAL_KEY}
secrets = {name: SIGNERS.get(name, LOGIN) for name in PROVIDERS}
urlpatterns = [
    path("api/v1/", include(webhooks(secrets, dict.fromkeys(PROVIDERS, API_KEY)))),
    *own,
]
