"""Builders for people and tickets: say only what matters."""

from itertools import count

from django.utils import timezone

from apps.accounts.models import Team, User
from apps.customers.models import Customer
from apps.customers.services import find_or_create_customer
from apps.tickets.models import Ticket
from apps.tickets.services.opening import open_ticket
from apps.tickets.types import NewMessage

numbers = count(1)


def person(role: str = "agent", **fields) -> User:
    """Somebody who works here."""
    name = fields.pop("username", f"person{next(numbers)}")
    defaults = {"email": f"{name}@desk.example", "first_name": name.capitalize()}
    return User.objects.create_user(name, role=role, **defaults | fields)


def team(name: str = "Returns", **fields) -> Team:
    """A team."""
    slug = fields.pop("slug", f"{name.lower().replace(' ', '-')}-{next(numbers)}")
    return Team.objects.create(name=name, slug=slug, **fields)


def customer(value: str = "", **fields) -> Customer:
    """Somebody who asks, known by a mail address."""
    return find_or_create_customer(value=value or f"c{next(numbers)}@home.example", **fields)


def ticket(text: str = "Where is my parcel?", **fields) -> Ticket:
    """A ticket with its first message, opened the way every ticket is."""
    asker = fields.pop("customer", None) or customer()
    defaults = {"customer_id": asker.pk, "subject": "Where is my parcel?", "at": timezone.now()}
    made, _ = open_ticket(**defaults | {"message": NewMessage(text=text)} | fields)
    return made
