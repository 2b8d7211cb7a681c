"""What each role may do: plain names of permissions, decided in one place."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

WORK = frozenset({"accounts.use_desk"})
REVIEW = WORK | {
    "review.view_review",
    "review.change_review",
    "triage.view_classification",
}
LEAD = REVIEW | {
    "channels.view_receivedmail",
    "channels.change_receivedmail",
    "coordination.view_run",
    "coordination.change_run",
    "coordination.view_event",
    "routing.view_rule",
    "routing.change_rule",
    "routing.add_rule",
    "routing.view_routingdecision",
    "escalation.view_escalation",
    "escalation.view_target",
    "tickets.view_ticket",
    "tickets.view_message",
    "tickets.view_attachment",
    "tickets.view_tag",
    "customers.view_customer",
    "customers.view_identity",
    "orders.view_order",
    "crm.view_contact",
}

PERMISSIONS: Mapping[str, AbstractSet[str]] = {
    "agent": WORK,
    "reviewer": REVIEW,
    "lead": LEAD,
    "service": frozenset(),
}
"""Roles that are not administrators. An administrator (`is_superuser`) may do everything."""


def role_allows(role: str, permission: str) -> bool:
    """Tell whether a role carries a permission such as ``review.change_review``."""
    return permission in PERMISSIONS.get(role, frozenset())


DESK_SCOPES = frozenset(
    {"tickets:read", "tickets:write", "customers:read", "customers:write", "orders:read"}
)
REVIEW_SCOPES = DESK_SCOPES | {"reviews:read", "reviews:write"}
SCOPES: Mapping[str, AbstractSet[str]] = {
    "agent": DESK_SCOPES,
    "reviewer": REVIEW_SCOPES,
    "lead": REVIEW_SCOPES | {"runs:read", "runs:write"},
}
"""What signed-in people may do over the REST interface; programs have their key's scopes."""


def scopes_of_role(role: str) -> frozenset[str]:
    """What a role may do over the REST interface."""
    return frozenset(SCOPES.get(role, frozenset()))


def is_administrator(role: str) -> bool:
    """Tell whether a role may do everything."""
    return role == "admin"


def uses_admin(role: str) -> bool:
    """Tell whether a role has work in the administration: the review queue, rules, runs."""
    return role in {"reviewer", "lead", "admin"}
