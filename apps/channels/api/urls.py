"""Addresses of the providers that settings name."""

from django.conf import settings

from apps.channels.api.webhooks import webhooks

urlpatterns = webhooks(settings.INBOUND_WEBHOOKS, settings.INBOUND_TOKENS)
