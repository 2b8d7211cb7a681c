from importlib import import_module

from django.apps import AppConfig

from apps.tickets.ports import OWN_ADDRESSES


class ChannelsConfig(AppConfig):
    name = "apps.channels"

    def ready(self) -> None:
        """Let tickets know the addresses of all inboxes, so that none of them follows one."""
        OWN_ADDRESSES.append(import_module("apps.channels.queries").own_addresses)
