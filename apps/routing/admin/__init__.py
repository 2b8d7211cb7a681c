"""Routing in the admin: rules with their history, a rehearsal, and what was decided."""

from apps.routing.admin.decisions import RoutingDecisionAdmin
from apps.routing.admin.rules import RuleAdmin

__all__ = ["RoutingDecisionAdmin", "RuleAdmin"]
