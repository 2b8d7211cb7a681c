"""Plain decisions about mail: what is ours, what is a loop, what cannot be filed."""

import re
from dataclasses import dataclass
from datetime import timedelta

BRAKE_MAILS = 20
BRAKE_WINDOW = timedelta(minutes=10)

MOST_TOKENS = 5
TOKEN = re.compile(r"\[#([0-9]{1,18})\]")
ROBOT = re.compile(
    r"(?:no|do[-_.]?not|never)[-_.]?reply(?:[-_.+][^@]*)?@"
    r"|(?:mailer-daemon|postmaster|bounces?|notifications?|auto(?:mailer|reply|responder))(?:[-_.+][^@]*)?@",
    re.IGNORECASE,
)

LONGEST_FOLDER = 200
LINE_ENDS = re.compile(r"[\r\n]+")

AUTOMATIC_MAILS = 2
AUTOMATIC_WINDOW = timedelta(days=1)
"""So many automatic mails one inbox sends to one address within that time, and no more."""

ACKNOWLEDGED_WITHIN = timedelta(days=3)
"""Nobody is told of an older mail: a mailbox that is read for the first time may hold years."""

AUTOMATIC = {
    "bounce": "bounce",
    "auto_reply": "auto-reply",
    "auto_generated": "automatic mail",
    "bulk": "mailing list",
}
REPLY_ADDRESS = re.compile(r"reply\+([0-9]{1,18})\.([a-z0-9]{16})@.+")
OWN_IDENTIFIER = re.compile(r"<([0-9]{1,18})\.([0-9]{1,18})\.([a-z0-9]{16})@[^<>@]+>")


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """What is known of a mail before it is filed."""

    sender: str = ""
    is_empty: bool = False
    auto_kind: str = ""
    takes_lists: bool = False
    is_ours: bool = False
    from_own_address: bool = False
    megabytes: float = 0.0
    most_megabytes: int = 0
    spam: str = ""
    holds_spam: bool = False
    lies: str = ""


def why_ignored(seen: Sighting) -> str:
    """Why nobody should answer this mail; empty when somebody should."""
    if seen.is_ours:
        return "loop: our own mail came back"
    if seen.from_own_address:
        return "loop: it names one of our own addresses as its sender"
    if seen.auto_kind == "bulk" and seen.takes_lists:
        return ""
    return AUTOMATIC.get(seen.auto_kind, "")


def why_unfit(seen: Sighting) -> str:
    """Why this mail can be no ticket as it is; empty when it can."""
    if seen.lies:
        return (
            f"Only its headers are here; the mail itself {seen.lies}. "
            "Once it can be had whole, manage.py reconcile --again takes it in."
        )
    if seen.is_empty:
        return "There is nothing in it: no subject, no text, no file."
    if not seen.sender:
        return "It names no sender that could be answered."
    return ""


def why_held(seen: Sighting) -> str:
    """Why a mail waits for a person: it is called spam, and its inbox holds that back."""
    if not (seen.spam and seen.holds_spam):
        return ""
    return f"{seen.spam} This inbox holds such mail for a person to look at."


def lines_of(text: str) -> list[str]:
    """Names of folders, one on each line, for all else may stand in a name; each of them once."""
    names = (line.strip() for line in LINE_ENDS.split(text))
    return list(dict.fromkeys(name for name in names if name))


def is_robot(address: str) -> bool:
    """Whether nobody reads what is sent to this address."""
    return ROBOT.match(address) is not None


def numbers_in(subject: str) -> list[int]:
    """The ticket numbers that a subject names as ours do, ``[#1042]``; a few of them."""
    return [int(number) for number in TOKEN.findall(subject)[:MOST_TOKENS]]


def why_braked(recent: int) -> str:
    """Why this sender looks like a machine that cannot stop. A suspicion, so a person decides."""
    if recent < BRAKE_MAILS:
        return ""
    minutes = int(BRAKE_WINDOW.total_seconds() // 60)
    return f"Brake: {recent} mails of this sender came within {minutes} minutes."


def why_too_large(seen: Sighting) -> str:
    """Why a mail is more than its inbox takes, where only the mail itself said for whom it is.

    It is stored by then, and nobody who sent it can be told: a person decides.
    """
    if seen.megabytes <= seen.most_megabytes:
        return ""
    return f"It has {seen.megabytes:.1f} MB, and its inbox takes {seen.most_megabytes} MB."


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What is known of a mail that opened a ticket."""

    sender: str
    auto_kind: str = ""
    is_spam: bool = False
    from_own_address: bool = False
    is_of_customer: bool = True
    names_ticket: bool = False
    age: timedelta = timedelta()
    automatic_mails: int = 0


def why_unacknowledged(seen: Opening) -> str:
    """Why its sender is not told that it arrived; empty when they are."""
    if seen.auto_kind or is_robot(seen.sender):
        return "A machine or a mailing list sent it."
    if seen.is_spam:
        return "A mail server calls it spam."
    if seen.from_own_address or not seen.is_of_customer:
        return "Its sender is not the customer."
    if seen.names_ticket:
        return "It answers something of ours: its subject names a ticket."
    if seen.age > ACKNOWLEDGED_WITHIN:
        return f"It was written more than {ACKNOWLEDGED_WITHIN.days} days ago."
    if seen.automatic_mails >= AUTOMATIC_MAILS:
        hours = int(AUTOMATIC_WINDOW.total_seconds() // 3600)
        return f"Brake: {seen.automatic_mails} automatic mails went there within {hours} hours."
    return ""


def reply_subject(subject: str, number: int) -> str:
    """``Re: subject [#number]`` on one line, said once however long the conversation."""
    mark = f"[#{number}]"
    plain = " ".join(subject.split()).replace(mark, "").strip()
    while plain[:3].lower() == "re:":
        plain = plain[3:].strip()
    return f"Re: {plain[:200]} {mark}" if plain else f"Re: {mark}"
