"""The mails of a drill: made by its seed alone, so that whoever sends and whoever judges agree."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum

HELP, SALES, NOBODY = "help@drill.example", "sales@drill.example", "nobody@drill.example"
IMAP, LMTP = "imap", "lmtp"
ANSWERED = 0.5
GONE = 0.05
"""So many of the customers have no mailbox any more when they are answered."""


class Kind(StrEnum):
    """What somebody does with a mail."""

    QUESTION = "a question"
    RICH = "a question with HTML and files"
    FOLLOW_UP = "an answer to one of them"
    TWICE = "delivered twice"
    ROBOT = "an automatic answer"
    EMPTY = "nothing in it"
    TWO = "to two inboxes"
    NOBODY = "to nobody"


WEIGHTS = {
    Kind.QUESTION: 50,
    Kind.RICH: 8,
    Kind.FOLLOW_UP: 16,
    Kind.TWICE: 9,
    Kind.ROBOT: 7,
    Kind.EMPTY: 3,
    Kind.TWO: 4,
    Kind.NOBODY: 3,
}
BY_LMTP_ALONE = (Kind.TWO, Kind.NOBODY)
FILED = {"ticket", "reply"}
OUTCOMES = {Kind.ROBOT: {"ignored"}, Kind.EMPTY: {"quarantined"}}
TEXTS = (
    "Could you please tell me the status of my order A-{number}? When will it be shipped?",
    "The mug of order A-{number} arrived broken. I would like to have my money back.",
    "I cannot log in to my account any more since last week. Please help me with my password.",
    "Where is my parcel? The tracking of order A-{number} has not moved for a week.",
)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One mail, by which doors it comes, and whether an agent answers it.

    ``to`` is whom LMTP is told; the mailbox is that of one inbox.
    """

    key: str
    kind: Kind
    sender: str
    doors: tuple[str, ...]
    raw: bytes
    to: tuple[str, ...] = (SALES,)
    answered: bool = False

    @property
    def name(self) -> str:
        """Its Message-ID."""
        return named(self.key)

    @property
    def outcomes(self) -> set[str]:
        """What may become of the first copy of it."""
        return OUTCOMES.get(self.kind, FILED)


def named(key: str) -> str:
    """The Message-ID of a mail of the drill."""
    return f"<{key}@mail-drill.example>"


def letters(seed: str, count: int) -> Iterator[Letter]:
    """So many mails, half of them for each door; those that come twice may take both."""
    luck = random.Random(f"{seed}/letters")
    asked: list[Letter] = []
    for number in range(count):
        letter = draw(luck, f"m{number}", (IMAP, LMTP)[number % 2], asked)
        if letter.kind in (Kind.QUESTION, Kind.RICH):
            asked.append(letter)
        yield letter


def draw(luck: random.Random, key: str, door: str, asked: list[Letter]) -> Letter:
    """One mail."""
    kinds = [kind for kind in WEIGHTS if door == LMTP or kind not in BY_LMTP_ALONE]
    (kind,) = luck.choices(kinds, [WEIGHTS[kind] for kind in kinds])
    if kind is Kind.FOLLOW_UP and not asked:
        kind = Kind.QUESTION
    before = luck.choice(asked) if kind is Kind.FOLLOW_UP else None
    gone = "gone-" if luck.random() < GONE else ""
    sender = before.sender if before else f"{gone}{key}@home.example"
    return Letter(
        key=key,
        kind=kind,
        sender=sender,
        doors=(door, luck.choice((IMAP, LMTP))) if kind is Kind.TWICE else (door,),
        raw=written(luck, key, kind, sender, before),
        to={Kind.TWO: (HELP, SALES), Kind.NOBODY: (NOBODY,)}.get(kind, (SALES,)),
        answered=kind in (Kind.QUESTION, Kind.RICH) and luck.random() < ANSWERED,
    )


def written(
    luck: random.Random, key: str, kind: Kind, sender: str, before: Letter | None
) -> bytes:
    """The mail as its writer's program would send it."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = sender, HELP, named(key)
    mail["Date"] = "Mon, 23 Nov 2026 09:15:00 +0100"
    if before:
        mail["In-Reply-To"], mail["References"] = before.name, before.name
    if kind is Kind.ROBOT:
        mail["Auto-Submitted"] = "auto-replied"
    if kind is Kind.EMPTY:
        mail.set_content("")
        return mail.as_bytes()
    mail["Subject"] = f"Drill {key}"
    text = luck.choice(TEXTS).format(number=luck.randrange(1000, 9000))
    mail.set_content(text)
    if kind is Kind.RICH:
        mail.add_alternative(f"<p>{text}</p><p><b>Thanks!</b></p>", subtype="html")
        picture = luck.randbytes(luck.randrange(500, 60_000))
        mail.add_attachment(picture, maintype="image", subtype="png", filename="mug.png")
        for place, part in enumerate(part for part in mail.walk() if part.is_multipart()):
            part.set_boundary(f"{key}-{place}")
    return mail.as_bytes()
