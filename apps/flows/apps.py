from importlib import import_module
from pkgutil import iter_modules

from django.apps import AppConfig


class FlowsConfig(AppConfig):
    name = "apps.flows"

    def ready(self) -> None:
        """Make every flow known to the engine, in each process that publishes or runs."""
        package = import_module("apps.flows.stories")
        for module in iter_modules(package.__path__, "apps.flows.stories."):
            import_module(module.name)
