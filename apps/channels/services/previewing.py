"""Looking at a mail as it would be filed. Changes nothing."""

from dataclasses import dataclass

from apps.channels.models import ReceivedMail
from apps.channels.parsing import ParsedMail, parse_mail
from apps.channels.rules import Sighting, why_unfit
from apps.channels.services.deciding import writer_of
from apps.channels.services.filing import answered_ticket

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
    why_not: str


def preview_mail(*, mail: ReceivedMail) -> Preview:
    """Read a mail as the desk does: who writes what, and on which ticket, if it answers one."""
    parsed = parse_mail(bytes(mail.raw))
    writer = writer_of(parsed)
    ticket = answered_ticket(mail, parsed, writer)
    files = [(file.name, len(file.data)) for file in parsed.attachments]
    return Preview(
        name=writer.name,
        address=writer.address,
        subject=parsed.subject,
        text=parsed.visible[:MOST_TEXT],
        left_out=max(0, len(parsed.visible) - MOST_TEXT),
        files=files[:MOST_FILES],
        more_files=max(0, len(files) - MOST_FILES),
        problems=parsed.problems,
        ticket_id=ticket.pk if ticket else None,
        why_not=unfit(parsed, writer.address),
    )


def unfit(parsed: ParsedMail, sender: str) -> str:
    """Why it can be no ticket even if a person insists."""
    return why_unfit(Sighting(sender=sender, is_empty=parsed.is_empty))
