"""Fills the drill's empty database, and prints as JSON what those outside must know.

Run as `python -m tests.drill.prepare SHOP_AND_CRM_ADDRESS` in the environment of the stack.
"""

import json
import sys

import django

django.setup()

from django.utils import timezone  # noqa: E402

from apps.accounts.services.keys import issue_key, service_user  # noqa: E402
from apps.accounts.states import Scope  # noqa: E402
from apps.coordination.flows import registry  # noqa: E402
from apps.crm.mapping import EXAMPLE as CRM_MAPPING  # noqa: E402
from apps.crm.models import Connection  # noqa: E402
from apps.crm.states import Adapter as CrmAdapter  # noqa: E402
from apps.ops.sample.rules import write_rules  # noqa: E402
from apps.ops.sample.setting_up import open_inbox  # noqa: E402
from apps.ops.sample.staff import hire  # noqa: E402
from apps.orders.models import Shop  # noqa: E402
from apps.orders.states import Adapter as ShopAdapter  # noqa: E402
from apps.triage.services.training import ensure_trained  # noqa: E402

SHOP_MAPPING = {
    "path": "/orders/{number}",
    "root": "order",
    "number": "name",
    "status": "state",
    "total": "total",
    "currency": "currency",
    "lines": "items",
}


def fill(address: str) -> None:
    """Staff, an inbox, a model, rules, one shop and one CRM at the stand-in."""
    now = timezone.now()
    hire()
    open_inbox()
    ensure_trained(at=now)
    write_rules(at=now)
    Shop.objects.create(
        slug="shop",
        name="Shop",
        adapter=ShopAdapter.REST,
        base_url=f"{address}/shop",
        mapping=SHOP_MAPPING,
    )
    Connection.objects.create(
        slug="hub",
        name="Hub",
        adapter=CrmAdapter.REST,
        base_url=f"{address}/crm",
        mapping=CRM_MAPPING,
    )


def key() -> str:
    """A key for everything, of an account of its own."""
    user = service_user(username="drill")
    _, text = issue_key(name="drill", user=user, scopes=list(Scope.values), expires_at=None)
    return text


def started_by() -> dict[str, list[str]]:
    """Which flows each event surely starts: the newest versions, without those that choose."""
    found: dict[str, set[str]] = {}
    for name, _ in registry.flows:
        flow = registry.newest(name)
        if flow.when.__name__ == "always":
            for event in flow.on:
                found.setdefault(event.name, set()).add(name)
    return {event: sorted(names) for event, names in found.items()}


if __name__ == "__main__":
    fill(sys.argv[1])
    sys.stdout.write(json.dumps({"key": key(), "started_by": started_by()}))
