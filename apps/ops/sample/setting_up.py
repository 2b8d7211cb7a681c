"""Sets the sample shop up: people, customers, orders, inbox, labels, rules, promises, CRM."""

from datetime import datetime

from apps.channels.models import Inbox
from apps.crm.services.sampling import open_sample_crm
from apps.customers.services import change_customer, find_or_create_customer
from apps.customers.starter import PEOPLE
from apps.escalation.services import set_target
from apps.ops.sample.letters import DESK
from apps.ops.sample.rules import write_rules
from apps.ops.sample.staff import hire
from apps.orders.services.sampling import open_sample_shop
from apps.tickets.states import Priority
from apps.triage.services.training import ensure_trained

PROMISES = {
    Priority.URGENT: (1, 24),
    Priority.HIGH: (4, 48),
    Priority.NORMAL: (12, 72),
    Priority.LOW: (24, 120),
}
"""Hours until the first answer, and until the solution."""


def set_up(*, at: datetime) -> None:
    """Make what the stories need; what is there already stays as it is."""
    hire()
    open_sample_shop(at=at)
    know_customers()
    open_inbox()
    ensure_trained(at=at)
    open_sample_crm()
    write_rules(at=at)
    make_promises()


def know_customers() -> None:
    """Tell who is a good customer, and for whom they buy."""
    for person in PEOPLE:
        customer = find_or_create_customer(value=person.email, name=person.name)
        change_customer(
            customer_id=customer.pk,
            company=person.company,
            tier=person.tier,
            language=person.language,
        )


def open_inbox() -> None:
    """Make the address that customers write to."""
    Inbox.objects.get_or_create(
        address=DESK, defaults={"name": "Juniper & Pine", "is_default": True}
    )


def make_promises() -> None:
    """Say how soon tickets are answered and solved."""
    for priority, (answered, solved) in PROMISES.items():
        set_target(
            priority=priority,
            first_response_minutes=60 * answered,
            resolution_minutes=60 * solved,
        )
