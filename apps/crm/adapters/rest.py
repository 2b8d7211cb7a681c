"""Any CRM that speaks JSON, by a mapping an admin edits."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from apps.core.paths import UnreadableField, dig, text_at
from apps.core.secrets import Secret
from apps.core.web import AnswerUnreadable, System, SystemRefuses
from apps.crm.mapping import address, body, contact_in, rows_in
from apps.crm.types import ContactFacts, NewContact, NewNote
from apps.customers.rules import normal_identity


@dataclass(frozen=True, kw_only=True)
class RestCrm:
    """A CRM behind a base URL, a token and a mapping."""

    slug: str
    name: str
    base_url: str
    token: Secret
    mapping: Mapping[str, Any]

    @property
    def system(self) -> System:
        """The CRM as something to ask."""
        return System(
            name=f"The CRM {self.name}",
            base_url=self.base_url,
            token=self.token,
            auth_header=self.mapping.get("auth_header", "Authorization"),
            auth_prefix=self.mapping.get("auth_prefix", "Bearer "),
        )

    def find_contact(self, email: str, *, seconds: float) -> ContactFacts | None:
        """The contact whose address is exactly this one, among those the search returns."""
        wanted = normal_identity("email", email)
        path = address(self.mapping["search_path"], {"email": wanted})
        answer = self.system.read(path, seconds=seconds)
        try:
            rows = rows_in(answer, self.mapping.get("search_root", ""))
            return next((row for row in map(self.contact, rows) if row.email == wanted), None)
        except UnreadableField as error:
            raise self.unreadable(str(error)) from None

    def create_contact(self, contact: NewContact, *, key: str, seconds: float) -> ContactFacts:
        """Make a contact; what the CRM does not repeat is as we said."""
        filled = body(self.mapping["create_body"], asdict(contact))
        answer = self.system.write(self.mapping["create_path"], filled, key=key, seconds=seconds)
        if answer is None:
            raise SystemRefuses(system=self.system.name, cause="it has no address to create at.")
        try:
            return self.contact(dig(answer, self.mapping.get("create_root", "")))
        except UnreadableField as error:
            raise self.unreadable(str(error)) from None

    def find_note(self, note: NewNote, *, seconds: float) -> str | None:
        """The note with this reference, if the mapping says how to search."""
        if not self.mapping.get("note_search_path"):
            return None
        path = address(self.mapping["note_search_path"], asdict(note))
        answer = self.system.read(path, seconds=seconds)
        try:
            rows = rows_in(answer, self.mapping.get("note_search_root", ""))
            return next((self.note_id(row) for row in rows if self.is_note(row, note)), None)
        except UnreadableField as error:
            raise self.unreadable(str(error)) from None

    def push_note(self, note: NewNote, *, key: str, seconds: float) -> str:
        """Write a note; its id, or its reference when the CRM tells none."""
        path = address(self.mapping["note_path"], asdict(note))
        filled = body(self.mapping["note_body"], asdict(note))
        answer = self.system.write(path, filled, key=key, seconds=seconds)
        if answer is None:
            cause = f"it knows no contact {note.contact}."
            raise SystemRefuses(system=self.system.name, cause=cause)
        try:
            return self.note_id(dig(answer, self.mapping.get("note_root", ""))) or note.reference
        except UnreadableField as error:
            raise self.unreadable(str(error)) from None

    def contact(self, data: Any) -> ContactFacts:
        """Read one contact."""
        return contact_in(data, self.mapping, connection=self.slug)

    def is_note(self, row: Any, note: NewNote) -> bool:
        """Whether a row found is this very note, as far as the mapping lets us see."""
        path = self.mapping.get("note_reference")
        return path is None or text_at(row, path, most=200) == note.reference

    def note_id(self, data: Any) -> str:
        """The id of a note, if the mapping says where it lies."""
        return (
            text_at(data, self.mapping["note_id"], most=120) if "note_id" in self.mapping else ""
        )

    def unreadable(self, cause: str) -> AnswerUnreadable:
        """The error for an answer that the mapping cannot read."""
        return AnswerUnreadable(system=self.system.name, cause=cause)
