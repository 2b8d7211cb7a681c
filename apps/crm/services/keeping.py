"""Keeping what a CRM told us of our customers, and what we want noted there."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.coordination.events import publish
from apps.core.db import locked
from apps.core.errors import NotFound
from apps.core.paths import clean
from apps.core.states import check_move
from apps.crm.events import ContactChanged
from apps.crm.models import Connection, Contact, Note
from apps.crm.states import MOVES, NoteState
from apps.crm.types import ContactFacts
from apps.customers.models import Customer
from apps.customers.services import NameTaken, add_identity, change_customer

TOLD = ("email", "name", "company", "tier", "fields")
SHARED = ("name", "company", "tier")
LONGEST_NOTE = 20_000


@dataclass(frozen=True)
class Remembered:
    """The contact as we have it now, and which facts of it or its customer this call changed."""

    contact: Contact
    changed: tuple[str, ...]


@transaction.atomic
def remember_contact(*, facts: ContactFacts, customer_id: int, at: datetime) -> Remembered:
    """Write what a CRM says of a customer; saying it again changes nothing.

    What the CRM does not tell stays as it was, and facts older than ours are left aside. Name,
    company and tier go on to the customer. Raises NotFound for an unknown connection.
    """
    connection = Connection.objects.filter(slug=facts.connection).first()
    if connection is None:
        raise NotFound(thing="connection", key=facts.connection)
    contact, created = Contact.objects.get_or_create(
        connection=connection, external_id=facts.external_id, defaults={"fetched_at": at}
    )
    contact = locked(Contact, contact.pk)
    if not created and is_older(facts, contact):
        return Remembered(contact, ())
    news = write_contact(contact, facts, customer_id=customer_id, at=at)
    changed = tuple(sorted(news | pass_on(facts, customer_id=customer_id)))
    with suppress(NameTaken):
        name = f"{facts.connection}:{facts.external_id}"
        add_identity(customer_id=customer_id, kind="crm", value=name)
    if changed:
        event = ContactChanged(
            customer_id=customer_id,
            connection=facts.connection,
            external_id=facts.external_id,
            changed=changed,
        )
        publish(event)
    return Remembered(contact, changed)


def is_older(facts: ContactFacts, contact: Contact) -> bool:
    """Whether the CRM itself says that these facts are older than ours."""
    theirs, ours = facts.updated_at, contact.source_updated_at
    return theirs is not None and ours is not None and theirs < ours


def write_contact(
    contact: Contact, facts: ContactFacts, *, customer_id: int, at: datetime
) -> set[str]:
    """Bring a locked contact up to date; returns which facts changed."""
    told: dict[str, Any] = {name: getattr(facts, name) for name in TOLD if getattr(facts, name)}
    changed = {name for name, value in told.items() if getattr(contact, name) != value}
    for name in changed:
        setattr(contact, name, told[name])
    contact.customer_id = customer_id
    contact.source_updated_at = facts.updated_at or contact.source_updated_at
    contact.fetched_at = max(at, contact.fetched_at)
    contact.save()
    return changed


def pass_on(facts: ContactFacts, *, customer_id: int) -> set[str]:
    """Bring the customer up to date; returns what changed."""
    customer = locked(Customer, customer_id)
    told = {name: getattr(facts, name) for name in SHARED if getattr(facts, name)}
    news = {name: value for name, value in told.items() if getattr(customer, name) != value}
    if news:
        change_customer(customer_id=customer_id, **news)
    return set(news)


@transaction.atomic
def write_note(
    *, connection: str, external_id: str, about: str, kind: str, text: str, at: datetime
) -> Note:
    """Write down what is to be noted at a contact; the same occasion again is the same note.

    Raises NotFound for a contact that was never remembered.
    """
    contact = Contact.objects.filter(connection__slug=connection, external_id=external_id).first()
    if contact is None:
        raise NotFound(thing="contact", key=f"{connection}:{external_id}")
    note, _ = Note.objects.get_or_create(
        connection_id=contact.connection_id,
        about=about,
        kind=kind,
        defaults={"contact": contact, "text": clean(text)[:LONGEST_NOTE], "created_at": at},
    )
    return note


@transaction.atomic
def settle_note(*, note_id: int, to: str, external_id: str = "", error: str = "") -> Note:
    """Write down what became of a note; one that arrived stays as it is."""
    note = locked(Note, note_id)
    if note.state == NoteState.PUSHED:
        return note
    check_move(note, note.state, to, MOVES)
    note.state, note.external_id, note.error = to, external_id, error[:2000]
    note.save(update_fields=["state", "external_id", "error"])
    return note
