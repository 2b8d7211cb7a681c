"""Finding, creating and changing customers."""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction

from apps.core.db import locked
from apps.core.errors import Refused
from apps.customers.models import Customer, Identity
from apps.customers.rules import CONTROLS, name_from_address, normal_identity


class NameTaken(Refused):
    """Another customer is known by that name."""

    message = "{value} belongs to another customer."


class NoIdentity(Refused):
    """A customer needs at least one name to be found by."""

    message = "A customer needs an address, a phone number or an account; {kind} was empty."


def find_or_create_customer(
    *, kind: str = "email", value: str, name: str = "", language: str = ""
) -> Customer:
    """Return the customer known by this name, creating one if nobody is.

    Many callers at once get the same customer: the unique identity decides who created it.
    """
    spelled = normal_identity(kind, value)
    if not spelled:
        raise NoIdentity(kind=kind)
    found = customer_named(kind, spelled)
    if found:
        return found
    called = CONTROLS.sub(" ", name).strip()[:120] or name_from_address(spelled)
    try:
        with transaction.atomic():
            customer = Customer.objects.create(name=called, language=language)
            Identity.objects.create(customer=customer, kind=kind, value=spelled)
    except IntegrityError:
        return Customer.objects.get(identities__kind=kind, identities__value=spelled)
    return customer


def customer_named(kind: str, value: str) -> Customer | None:
    """The customer known by exactly this name, if any."""
    spelled = normal_identity(kind, value)
    return Customer.objects.filter(identities__kind=kind, identities__value=spelled).first()


@transaction.atomic
def add_identity(*, customer_id: int, kind: str, value: str) -> Identity:
    """Let a customer be found by one more name; the second time nothing changes.

    Raises NameTaken when it is somebody else's, NotFound when there is no such customer.
    """
    spelled = normal_identity(kind, value)
    if not spelled:
        raise NoIdentity(kind=kind)
    locked(Customer, customer_id)
    identity, _ = Identity.objects.get_or_create(
        kind=kind, value=spelled, defaults={"customer_id": customer_id}
    )
    if identity.customer_id != customer_id:
        raise NameTaken(value=spelled, customer_id=identity.customer_id)
    return identity


@transaction.atomic
def create_customer(
    *, name: str, identities: Iterable[tuple[str, str]], **fields: Any
) -> Customer:
    """Make a customer known by these names. Raises NameTaken when one is somebody else's."""
    customer = Customer.objects.create(name=name, **fields)
    for kind, value in identities:
        add_identity(customer_id=customer.pk, kind=kind, value=value)
    return customer


@transaction.atomic
def change_customer(*, customer_id: int, **fields: Any) -> Customer:
    """Change a customer's name, company, tier or language."""
    customer = locked(Customer, customer_id)
    for name, value in fields.items():
        setattr(customer, name, value)
    customer.save(update_fields=[*fields, "updated_at"])
    return customer
