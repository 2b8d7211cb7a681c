"""What desks and flows read of contacts and notes; a fixed number of queries each."""

from apps.crm.models import Connection, Contact, Note
from apps.crm.types import ContactFacts, NoteFacts


def active_connections() -> list[str]:
    """The slugs of the CRMs that contacts and notes go to."""
    return list(Connection.objects.filter(is_active=True).values_list("slug", flat=True))


def contacts_of_customer(customer_id: int, limit: int = 10) -> list[ContactFacts]:
    """What CRMs say of a customer, latest first."""
    found = Contact.objects.filter(customer_id=customer_id).select_related("connection")
    return [facts_of(contact) for contact in found.order_by("-fetched_at", "-pk")[:limit]]


def notes_about(about: str, limit: int = 20) -> list[NoteFacts]:
    """Our notes about something such as ``ticket:42``, in order."""
    found = Note.objects.filter(about=about).select_related("connection").order_by("pk")
    return [
        NoteFacts(
            connection=note.connection.slug,
            connection_name=note.connection.name,
            about=note.about,
            kind=note.kind,
            state=note.state,
            external_id=note.external_id,
            error=note.error,
            text=note.text,
            created_at=note.created_at,
        )
        for note in found[:limit]
    ]


def facts_of(contact: Contact) -> ContactFacts:
    """A contact as plain values."""
    return ContactFacts(
        connection=contact.connection.slug,
        connection_name=contact.connection.name,
        external_id=contact.external_id,
        email=contact.email,
        name=contact.name,
        company=contact.company,
        tier=contact.tier,
        fields=contact.fields,
        updated_at=contact.source_updated_at,
        fetched_at=contact.fetched_at,
    )
