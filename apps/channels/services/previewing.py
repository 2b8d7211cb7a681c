"""Looking at a mail as it would be filed. Changes nothing."""

from copy import copy
from dataclasses import dataclass

from apps.channels.models import ReceivedMail
from apps.channels.parsing import ParsedMail, parse_mail
from apps.channels.queries.places import where_it_lies
from apps.channels.rules import Sighting, why_unfit
from apps.channels.services.deciding import writer_of
from apps.channels.services.filing import answered_ticket
from apps.channels.services.forwarding import forwarder, is_proven

MOST_TEXT = 20_000
MOST_FILES = 50


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a mail would become, as far as that can be told before."""

    name: str
    address: str
    subject: str
    text: str
    left_out: int
    files: list[tuple[str, int]]
    more_files: int
    problems: tuple[str, ...]
    ticket_id: int | None
    passed_on: str
    why_not: str


def preview_mail(*, mail: ReceivedMail) -> Preview:
    """Read a mail as the desk would once a person wants it filed, with nothing written down."""
    wanted, parsed = copy(mail), parse_mail(bytes(mail.raw))
    wanted.is_insisted = True
    writer = writer_of(parsed)
    ticket = answered_ticket(wanted, parsed, writer)
    agent = forwarder(parsed) if ticket is None and is_proven(parsed) else None
    passed = parsed.forwarded if agent else None
    author, text = (passed.sender, passed.text) if passed else (writer, parsed.visible)
    files = [(file.name, len(file.data)) for file in parsed.attachments]
    return Preview(
        name=author.name,
        address=author.address,
        subject=(passed.subject if passed else "") or parsed.subject,
        text=text[:MOST_TEXT],
        left_out=max(0, len(text) - MOST_TEXT),
        files=files[:MOST_FILES],
        more_files=max(0, len(files) - MOST_FILES),
        problems=parsed.problems,
        ticket_id=ticket.pk if ticket else None,
        passed_on=str(agent) if passed else "",
        why_not=unfit(mail, parsed, writer.address),
    )


def unfit(mail: ReceivedMail, parsed: ParsedMail, sender: str) -> str:
    """Why it can be no ticket even if a person insists."""
    lies = where_it_lies(mail)
    return why_unfit(Sighting(sender=sender, is_empty=parsed.is_empty, lies=lies))
