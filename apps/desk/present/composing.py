"""The composer: what is typed, whom it goes to, what stands below it."""

from dataclasses import dataclass, field

from django.template.defaultfilters import filesizeformat

from apps.accounts.models import User
from apps.desk.queries.composing import Stationery
from apps.tickets.models import Attachment, Message, Ticket
from apps.tickets.states import MOVES, Delivery, MessageKind, TicketStatus


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What somebody wrote that did not leave, and why: shown again, nothing lost.

    Without addresses of its own it begins with those of the ticket.
    """

    key: str
    kind: str = "reply"
    text: str = ""
    to: str | None = None
    cc: str | None = None
    bcc: str = ""
    quotes: int | None = None
    kept: list[Attachment] = field(default_factory=list)
    lost_files: list[str] = field(default_factory=list)
    is_back: bool = False
    problem_title: str = ""
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class KeptFile:
    """A file of a reply that was taken back."""

    id: int
    name: str
    size: str


@dataclass(frozen=True, kw_only=True)
class Composer:
    """Where a reply or a note is written."""

    key: str
    seen: int
    kind: str
    text: str
    to: str
    cc: str
    bcc: str
    followers: str
    everybody: str
    goes_to: str
    shows_envelope: bool
    latest: int | None
    latest_of: str
    quotes: bool
    kept: list[KeptFile]
    lost_files: list[str]
    signatures: list[str]
    sent_from: str
    undo_seconds: int
    first_name: str
    is_back: bool
    closed: bool
    can_reply: bool
    can_solve: bool
    problem_title: str = ""
    problems: list[str] = field(default_factory=list)


def composer(
    ticket: Ticket, typed: Typed, stationery: Stationery, *, me: User, seen: int
) -> Composer:
    """The box below the conversation."""
    to, status, latest = ticket.customer.email, TicketStatus(ticket.status), stationery.latest
    followers = ", ".join(follower.address for follower in stationery.followers)
    main = to if typed.to is None else typed.to
    copies = followers if typed.cc is None else typed.cc
    return Composer(
        key=typed.key,
        seen=seen,
        kind=typed.kind if to else "note",
        text=typed.text,
        to=main,
        cc=copies,
        bcc=typed.bcc,
        followers=followers,
        everybody=everybody(stationery, copies),
        goes_to=goes_to(main or "nobody yet", copies, typed.bcc),
        shows_envelope=bool(typed.bcc) or main != to or copies != followers,
        latest=latest.pk if latest else None,
        latest_of=whose(latest),
        quotes=bool(latest and typed.quotes == latest.pk),
        kept=[
            KeptFile(id=file.pk, name=file.name, size=filesizeformat(file.size))
            for file in typed.kept
        ],
        lost_files=typed.lost_files,
        signatures=stationery.signatures,
        sent_from=stationery.sent_from,
        undo_seconds=me.undo_seconds,
        first_name=ticket.customer.name.split(" ")[0],
        is_back=typed.is_back,
        closed=status == TicketStatus.CLOSED,
        can_reply=bool(to),
        can_solve=status == TicketStatus.SOLVED or TicketStatus.SOLVED in MOVES[status],
        problem_title=typed.problem_title,
        problems=typed.problems,
    )


def everybody(stationery: Stationery, copies: str) -> str:
    """Whom “reply to all” copies; nothing when that changes nothing."""
    known = copies.lower()
    more = [each for each in stationery.everybody if each.lower() not in known]
    return ", ".join(stationery.everybody) if more else ""


def goes_to(to: str, cc: str, bcc: str) -> str:
    """Whom a reply goes to, on one line."""
    more = sum(1 for each in f"{cc},{bcc}".split(",") if each.strip())
    return f"{to} and {more} more" if more else to


def whose(latest: Message | None) -> str:
    """Whose message is quoted when somebody asks for a quote."""
    if latest is None:
        return ""
    if latest.kind == MessageKind.INCOMING:
        return str(latest.customer or "the customer")
    return str(latest.author or "the desk")


def typed_again(reply: Message, files: list[Attachment], *, since: str = "", key: str) -> Typed:
    """A reply that was taken back, as if it had just been typed; what was typed since is below.

    One that reached nobody is written to another address.
    """
    return Typed(
        key=key,
        text="\n\n".join(text for text in (reply.text, since) if text.strip()),
        is_back=True,
        to=reply.to if reply.delivery == Delivery.WITHDRAWN else "",
        cc=reply.cc,
        bcc=reply.bcc,
        quotes=reply.quotes_id,
        kept=files,
    )
