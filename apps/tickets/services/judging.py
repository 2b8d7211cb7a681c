"""What is known of files that came with messages."""

from django.db import transaction

from apps.coordination.events import publish
from apps.core.text import one_line
from apps.tickets.events import FileChecked
from apps.tickets.models import Attachment
from apps.tickets.states import Verdict


@transaction.atomic
def judge_file(*, attachment_id: int, verdict: str, note: str = "") -> None:
    """Write down what became of a file's check. Only one that waits is judged, and once."""
    waiting = Attachment.objects.select_for_update(of=["self"]).filter(verdict=Verdict.WAITING)
    file = waiting.select_related("message").filter(pk=attachment_id).first()
    if file is None:
        return
    file.verdict, file.verdict_note = verdict, one_line(note, 200)
    file.save(update_fields=["verdict", "verdict_note"])
    event = FileChecked(
        ticket_id=file.message.ticket_id,
        message_id=file.message_id,
        attachment_id=file.pk,
        verdict=verdict,
    )
    publish(event, why=file.verdict_note)
