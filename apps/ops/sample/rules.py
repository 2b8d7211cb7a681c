"""The routing rules of the sample shop, in their order."""

from datetime import datetime
from typing import Any

from apps.accounts.models import Team
from apps.routing.models import Rule
from apps.routing.services import save_rule
from apps.routing.types import RuleDraft
from apps.tickets.states import Priority

HAZARD = ("gasgeruch", "gas leak*", "smell of gas", "undicht*", "caught fire", "burn*", "injur*")
LEAVING = (
    "trading standards",
    "chargeback",
    "charge it back",
    "lawyer*",
    "solicitor*",
    "anwalt*",
    "verbraucherzentrale",
)
NOT_SENT = ("pending", "paid", "processing")
LATE = {"field": "order_delayed", "operator": "is", "value": True}


def is_about(*labels: str) -> dict[str, Any]:
    """The label is this one, or one of these."""
    return is_word("label", *labels)


def says(*words: str) -> dict[str, Any]:
    """Subject or text contain one of these."""
    return {"field": "words", "operator": "contains_any", "value": list(words)}


def is_word(field: str, *values: str) -> dict[str, Any]:
    """A field has this value, or one of these."""
    if len(values) == 1:
        return {"field": field, "operator": "is", "value": values[0]}
    return {"field": field, "operator": "in", "value": list(values)}


RULES: tuple[dict[str, Any], ...] = (
    {
        "name": "Somebody could get hurt",
        "conditions": says(*HAZARD),
        "team": "returns",
        "priority": Priority.URGENT,
        "tags": ("safety",),
        "stop": True,
    },
    {
        "name": "Privacy requests have a deadline by law",
        "conditions": is_about("privacy_request"),
        "team": "accounts",
        "priority": Priority.HIGH,
        "tags": ("gdpr",),
    },
    {
        "name": "Unhappy, or about to leave us",
        "conditions": {"any": [is_about("complaint"), says(*LEAVING)]},
        "priority": Priority.HIGH,
        "tags": ("at-risk",),
    },
    {
        "name": "Our best customers first",
        "conditions": is_word("customer_tier", "vip"),
        "priority": Priority.HIGH,
        "tags": ("vip",),
    },
    {
        "name": "Change it before it is sent",
        "conditions": {
            "all": [is_about("cancel_or_change_order"), is_word("order_status", *NOT_SENT)]
        },
        "team": "orders",
        "priority": Priority.HIGH,
        "tags": ("before-dispatch",),
    },
    {
        "name": "Late, or delivered to nobody",
        "conditions": {
            "all": [
                is_about("order_status", "delivery_problem"),
                {"any": [LATE, is_word("order_status", "delivered")]},
            ]
        },
        "team": "orders",
        "priority": Priority.HIGH,
        "tags": ("carrier",),
    },
    {
        "name": "Orders and delivery",
        "conditions": is_about(
            "order_status", "delivery_problem", "cancel_or_change_order", "product_question"
        ),
        "team": "orders",
    },
    {
        "name": "Goods that come back, money that goes back",
        "conditions": is_about(
            "return_request", "refund", "damaged_or_defective", "wrong_item", "warranty"
        ),
        "team": "returns",
    },
    {
        "name": "Payments, invoices, accounts",
        "conditions": is_about("payment_problem", "invoice", "account_access"),
        "team": "accounts",
    },
    {
        "name": "Everything else",
        "conditions": {},
        "team": "orders",
    },
)


def write_rules(*, at: datetime) -> None:
    """Write the rules that are not there yet."""
    teams = dict(Team.objects.values_list("slug", "pk"))
    known = set(Rule.objects.values_list("name", flat=True))
    for place, rule in enumerate(RULES, start=1):
        if rule["name"] not in known:
            values = {name: value for name, value in rule.items() if name != "team"}
            team_id = teams[rule["team"]] if "team" in rule else None
            draft = RuleDraft(**values, team_id=team_id, position=10 * place)
            save_rule(draft=draft, at=at)
