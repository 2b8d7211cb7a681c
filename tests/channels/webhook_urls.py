"""The product's addresses with every provider's among them."""

from django.urls import include, path

from apps.channels.adapters.providers import PROVIDERS
from apps.channels.api.webhooks import webhooks
from supportcoord.urls import handler400, handler403, handler404, handler500
from supportcoord.urls import urlpatterns as own
from tests.make.providers import KEY, LOGIN

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

secrets = {name: KEY if name == "mailgun" else LOGIN for name in PROVIDERS}
urlpatterns = [path("api/v1/", include(webhooks(secrets))), *own]
