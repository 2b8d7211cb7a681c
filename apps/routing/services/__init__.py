"""Writing rules, and routing tickets by them."""

from apps.routing.services.routing import route_ticket
from apps.routing.services.writing import restore_rule, save_rule

__all__ = ["restore_rule", "route_ticket", "save_rule"]
