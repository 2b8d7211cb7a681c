"""The sample CRM: it knows the sample people, keeps what it is told, and honours keys."""

from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import QuerySet

from apps.crm.models import Connection, SampleCrmEntry
from apps.crm.states import Adapter
from apps.crm.types import ContactFacts, NewContact, NewNote
from apps.customers.rules import normal_identity
from apps.customers.starter import PEOPLE

SLUG = "sample"


@dataclass(frozen=True, kw_only=True)
class SampleCrm:
    """A receiver inside this product. What it keeps commits at once, as elsewhere it would."""

    slug: str

    def find_contact(self, email: str, *, seconds: float) -> ContactFacts | None:
        """One of the sample people, or somebody it was told of."""
        wanted = normal_identity("email", email)
        for place, person in enumerate(PEOPLE, start=101):
            if person.email == wanted:
                return ContactFacts(
                    connection=self.slug,
                    external_id=f"S-{place}",
                    email=person.email,
                    name=person.name,
                    company=person.company,
                    tier=person.tier,
                    fields={"Account manager": "Robin Castell"},
                )
        entry = self.entries("contact").filter(payload__email=wanted).order_by("pk").first()
        return self.contact(entry) if entry else None

    def create_contact(self, contact: NewContact, *, key: str, seconds: float) -> ContactFacts:
        """Keep a contact under its key."""
        wanted = normal_identity("email", contact.email)
        return self.contact(self.keep("contact", key, asdict(contact) | {"email": wanted}))

    def find_note(self, note: NewNote, *, seconds: float) -> str | None:
        """A note kept under this reference."""
        found = self.entries("note").filter(payload__reference=note.reference).first()
        return f"N-{found.pk}" if found else None

    def push_note(self, note: NewNote, *, key: str, seconds: float) -> str:
        """Keep a note under its key."""
        return f"N-{self.keep('note', key, asdict(note)).pk}"

    def keep(self, kind: str, key: str, payload: dict[str, str]) -> SampleCrmEntry:
        """What was kept under this key first."""
        entry, _ = SampleCrmEntry.objects.get_or_create(
            key=f"{self.slug}/{key}", defaults={"kind": kind, "payload": payload}
        )
        return entry

    def entries(self, kind: str) -> QuerySet[SampleCrmEntry]:
        """What this CRM holds of one kind."""
        return SampleCrmEntry.objects.filter(kind=kind, key__startswith=f"{self.slug}/")

    def contact(self, entry: SampleCrmEntry) -> ContactFacts:
        """An entry as a contact."""
        payload = entry.payload
        return ContactFacts(
            connection=self.slug,
            external_id=f"C-{entry.pk}",
            email=payload["email"],
            name=payload["name"],
            company=payload["company"],
        )


@transaction.atomic
def open_sample_crm() -> Connection:
    """Make the connection to the sample CRM; once is enough."""
    defaults = {"name": "Sample CRM", "adapter": Adapter.SAMPLE}
    return Connection.objects.get_or_create(slug=SLUG, defaults=defaults)[0]
