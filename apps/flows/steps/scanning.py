"""Which files of a message wait to be checked, and what came of it."""

from apps.channels.services.scanning import GIVEN_UP
from apps.channels.types import Scanned
from apps.tickets.models import Attachment
from apps.tickets.services.judging import judge_file
from apps.tickets.states import Verdict


def look(*, message_id: int) -> list[int]:
    """The files of a message that nobody gets before they are checked."""
    waiting = Attachment.objects.filter(message=message_id, verdict=Verdict.WAITING)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def write(*, attachment_id: int, found: Scanned) -> None:
    """Write down what the scanner says of a file."""
    judge_file(attachment_id=attachment_id, verdict=found.verdict, note=found.note)


def give_up(*, message_id: int) -> None:
    """Let those go that nobody will check: they say so."""
    for attachment in look(message_id=message_id):
        write(attachment_id=attachment, found=GIVEN_UP)
