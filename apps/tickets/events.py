"""What the rest of the product may hear from tickets: each ticket's append-only timeline."""

from dataclasses import dataclass
from datetime import datetime

from apps.coordination.types import Event


@dataclass(frozen=True, kw_only=True)
class TicketEvent(Event):
    """Something that happened to one ticket."""

    ticket_id: int

    @property
    def stream(self) -> str:
        return f"ticket:{self.ticket_id}"


@dataclass(frozen=True, kw_only=True)
class TicketChange(TicketEvent):
    """Something that made the ticket another one: its version from then on, and when.

    ``replaying`` rebuilds a ticket from these. Only what people wrote is not in them: a text stays
    on its ticket or message, where it can be deleted. Fields that came later have defaults, so
    that what was written before can be read.
    """

    version: int | None = None
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class TicketOpened(TicketChange):
    customer_id: int
    channel: str
    priority: int
    follows_id: int | None = None
    team_id: int | None = None
    inbox_address: str = ""
    spam: bool = False


@dataclass(frozen=True, kw_only=True)
class MessageReceived(TicketChange):
    """A customer wrote; ``first`` when it opened the ticket. Nobody works on ``spam``."""

    message_id: int
    first: bool
    spam: bool = False


@dataclass(frozen=True, kw_only=True)
class MessageAccepted(TicketEvent):
    """A message that came as spam is none after all: what every message starts begins now."""

    message_id: int
    first: bool


@dataclass(frozen=True, kw_only=True)
class MessageSetAside(TicketEvent):
    """What a message started goes no further, for its ticket was called spam meanwhile."""

    message_id: int


@dataclass(frozen=True, kw_only=True)
class MessageTakenUpAgain(TicketEvent):
    """A message that was set aside is understood and routed after all: its ticket is no spam."""

    message_id: int
    first: bool


@dataclass(frozen=True, kw_only=True)
class FilesArrived(Event):
    """Files of a message wait to be checked. A stream of their own: nothing else waits for it."""

    message_id: int

    @property
    def stream(self) -> str:
        return f"files:{self.message_id}"


@dataclass(frozen=True, kw_only=True)
class FileChecked(TicketEvent):
    """What is known now of a file that came with a message."""

    message_id: int
    attachment_id: int
    verdict: str


@dataclass(frozen=True, kw_only=True)
class ReplyWritten(TicketChange):
    """A reply waits to leave; for ``hold_seconds`` its author may take it back.

    An ``automatic`` one is no answer: the ticket waits for a person all the same.
    """

    message_id: int
    hold_seconds: int = 0
    automatic: bool = False


@dataclass(frozen=True, kw_only=True)
class ReplyWithdrawn(TicketChange):
    """Its author took a reply back before it left; what the ticket then says of answers."""

    message_id: int
    first_answered_at: datetime | None = None
    last_message_at: datetime | None = None
    last_message_kind: str = ""


@dataclass(frozen=True, kw_only=True)
class FirstAnswerChanged(TicketChange):
    """A reply proved lost, or left after all: since when the customer has an answer, if at all."""

    message_id: int
    first_answered_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class NoteWritten(TicketChange):
    message_id: int


@dataclass(frozen=True, kw_only=True)
class DeliveryChanged(TicketEvent):
    message_id: int
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class DeliveryReported(TicketEvent):
    """A mail server told what became of a message; ``of_customer`` where it is the customer's."""

    message_id: int
    action: str
    of_customer: bool


@dataclass(frozen=True, kw_only=True)
class ComplaintReceived(TicketEvent):
    """A provider tells that whoever got a message calls it spam; a customer, perhaps, or not."""

    message_id: int
    of_customer: bool


@dataclass(frozen=True, kw_only=True)
class AutoReplyReceived(TicketEvent):
    """A machine answered, out of office perhaps; what it wrote is in that received mail."""

    message_id: int
    mail_id: int


@dataclass(frozen=True, kw_only=True)
class StatusChanged(TicketChange):
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class TicketSolved(TicketEvent):
    """Said beside StatusChanged, for those who only wait for this."""

    spam: bool = False


@dataclass(frozen=True, kw_only=True)
class TicketReopened(TicketEvent):
    """A solved ticket is to be worked on again: its promises about time begin anew."""


@dataclass(frozen=True, kw_only=True)
class PriorityChanged(TicketChange):
    old: int
    new: int


@dataclass(frozen=True, kw_only=True)
class OwnerChanged(TicketChange):
    old: int | None
    new: int | None


@dataclass(frozen=True, kw_only=True)
class TeamChanged(TicketChange):
    old: int | None
    new: int | None


@dataclass(frozen=True, kw_only=True)
class TagsChanged(TicketChange):
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SpamChanged(TicketChange):
    """Whether the ticket is spam, by a mail server's word or a person's."""

    old: bool
    new: bool


@dataclass(frozen=True, kw_only=True)
class FollowersChanged(TicketChange):
    """Other people get copies of the replies; who they are stands on the ticket alone."""

    added: int
    removed: int


@dataclass(frozen=True, kw_only=True)
class LabelChanged(TicketChange):
    """What the ticket is about was settled, by a model that was sure or by a person."""

    old: str
    new: str
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class OrderFound(TicketChange):
    source: str
    number: str
    belongs: bool


@dataclass(frozen=True, kw_only=True)
class TicketEscalated(TicketChange):
    """A promise about time is near or past; ``promise`` is first_response or resolution."""

    promise: str
    level: str
