"""The story of each mail that arrived."""

from dataclasses import dataclass

from apps.coordination.types import Event


@dataclass(frozen=True, kw_only=True)
class MailEvent(Event):
    """Something that happened to one received mail."""

    mail_id: int

    @property
    def stream(self) -> str:
        return f"mail:{self.mail_id}"


@dataclass(frozen=True, kw_only=True)
class MailStored(MailEvent):
    """The raw bytes are safe; nobody has looked at them yet."""


@dataclass(frozen=True, kw_only=True)
class MailTakenUpAgain(MailEvent):
    """A person had a mail processed again."""


@dataclass(frozen=True, kw_only=True)
class MailDecided(MailEvent):
    outcome: str
    ticket_id: int | None = None
