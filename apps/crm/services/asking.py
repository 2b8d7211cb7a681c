"""Asking CRMs: contacts found or made, notes pushed."""

from time import monotonic

from apps.coordination.flows import Intent, Receiver, Unasked, outside
from apps.core.db import alone
from apps.core.errors import NotFound, Refused, Unavailable
from apps.crm.adapters.rest import RestCrm
from apps.crm.models import Connection, Note
from apps.crm.ports import Crm
from apps.crm.services.keeping import settle_note
from apps.crm.services.sampling import SampleCrm
from apps.crm.states import Adapter, NoteState
from apps.crm.types import ContactFacts, NewContact, NewNote
from apps.customers.rules import normal_identity

PATIENCE = 5.0
LEAST = 0.5
UNLIKELY_ADDRESS = "connection-test@supportcoord.invalid"


class ConnectionOff(Refused):
    """The connection was switched off."""

    message = "The CRM {connection} is switched off here."


class BeingMade(Unavailable):
    """Another run makes this very contact at this moment."""

    counts = False
    message = "The contact of {email} in {connection} is being made by another run."


def crm_for(connection: Connection) -> Crm:
    """The way to ask this CRM. Raises ConnectionOff."""
    if not connection.is_active:
        raise ConnectionOff(connection=connection.name)
    if connection.adapter == Adapter.SAMPLE:
        return SampleCrm(slug=connection.slug)
    return RestCrm(
        slug=connection.slug,
        name=connection.name,
        base_url=connection.base_url,
        token=connection.token,
        mapping=connection.mapping,
    )


def connection_named(slug: str) -> Connection:
    """The connection of that name. Raises NotFound."""
    connection = Connection.objects.filter(slug=slug).first()
    if connection is None:
        raise NotFound(thing="CRM connection", key=slug)
    return connection


@outside(destination="crm:{connection}", receiver=Receiver.KEYED, timeout=15.0)
def ensure_contact(
    intent: Intent, *, connection: str, email: str, name: str = "", company: str = ""
) -> ContactFacts | None:
    """Find somebody in a CRM by address, or make a contact.

    None for somebody without address, or when the CRM was switched off meanwhile. It looks before
    it makes, and makes under the step's key, so it may be repeated. Two runs at once make one
    contact: the second is Unavailable for a moment.
    """
    wanted = normal_identity("email", email)
    active = Connection.objects.filter(slug=connection, is_active=True).first()
    if not wanted or active is None:
        raise Unasked(None)
    until = monotonic() + intent.timeout
    crm = crm_for(active)
    with alone(f"crm:{connection}:{wanted}") as mine:
        if not mine:
            raise BeingMade(email=wanted, connection=connection)
        found = crm.find_contact(wanted, seconds=left(until))
        if found:
            return found
        new = NewContact(email=wanted, name=name, company=company)
        return crm.create_contact(new, key=intent.key, seconds=left(until))


@outside(destination="crm:{connection}", receiver=Receiver.KEYED, timeout=15.0, settled="")
def push_note(intent: Intent, *, connection: str, note_id: int) -> str:
    """Push a note under the step's key, and write down what became of it; returns its id there.

    Nothing is pushed, and nothing returned, when the CRM was switched off meanwhile. From the
    second attempt on the CRM is first asked for the note, if its mapping says how.
    """
    known = Note.objects.select_related("connection", "contact")
    note = known.filter(pk=note_id, connection__slug=connection).first()
    if note is None:
        raise NotFound(thing="note", key=f"{note_id} for {connection}")
    if note.state == NoteState.PUSHED:
        raise Unasked(note.external_id)
    if not note.connection.is_active:
        off = str(ConnectionOff(connection=note.connection.name))
        settle_note(note_id=note_id, to=NoteState.REFUSED, error=off)
        raise Unasked("")
    try:
        external_id = pushed(intent, note)
    except Refused as error:
        settle_note(note_id=note_id, to=NoteState.REFUSED, error=str(error))
        raise
    except Unavailable as error:
        settle_note(note_id=note_id, to=NoteState.PENDING, error=str(error))
        raise
    settle_note(note_id=note_id, to=NoteState.PUSHED, external_id=external_id)
    return external_id


def pushed(intent: Intent, note: Note) -> str:
    """The id of the note in the CRM, found or made."""
    until = monotonic() + intent.timeout
    crm = crm_for(note.connection)
    new = NewNote(contact=note.contact.external_id, text=note.text, reference=note.reference)
    found = crm.find_note(new, seconds=left(until)) if intent.attempt > 1 else None
    return found or crm.push_note(new, key=intent.key, seconds=left(until))


def left(until: float) -> float:
    """Seconds that one more request may take."""
    return max(LEAST, until - monotonic())


def try_connection(*, connection: Connection) -> str:
    """Ask a CRM for a contact nobody has, and say in a sentence how that went.

    Raises Unavailable or Refused with the sentence when it went wrong.
    """
    begun = monotonic()
    found = crm_for(connection).find_contact(UNLIKELY_ADDRESS, seconds=PATIENCE)
    took = f"{(monotonic() - begun) * 1000:.0f} ms"
    if found:
        return f"{connection} answered in {took}; strangely it knows {UNLIKELY_ADDRESS}."
    return f"{connection} answered in {took}, and can be searched."
