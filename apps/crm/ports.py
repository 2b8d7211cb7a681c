"""What the product needs from a CRM."""

from typing import Protocol

from apps.crm.types import ContactFacts, NewContact, NewNote


class Crm(Protocol):
    """A CRM that honours idempotency keys, or can be asked what it has.

    Every method raises Unavailable when it cannot be done now, OutcomeUnknown when nobody knows
    whether it was, and Refused when asking again will not help.
    """

    def find_contact(self, email: str, *, seconds: float) -> ContactFacts | None:
        """The contact of an address, if there is one."""
        ...

    def create_contact(self, contact: NewContact, *, key: str, seconds: float) -> ContactFacts:
        """Make a contact; under the same key, the same one."""
        ...

    def find_note(self, note: NewNote, *, seconds: float) -> str | None:
        """The id of a note that arrived earlier; None when there is none, or no way to ask."""
        ...

    def push_note(self, note: NewNote, *, key: str, seconds: float) -> str:
        """Write a note and return its id; under the same key, the same one."""
        ...
