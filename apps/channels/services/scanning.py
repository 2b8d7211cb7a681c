"""Having files checked for viruses: asking twice does no harm, and nobody gets a file before."""

from datetime import timedelta

from django.conf import settings

from apps.channels.adapters import clamd
from apps.channels.types import Scanned
from apps.coordination.flows import Intent, Receiver, Unasked, outside
from apps.coordination.rules import Patience
from apps.tickets.models import Attachment
from apps.tickets.states import Verdict

SECONDS = 60.0
PING_SECONDS = 2.0
PATIENCE = Patience(attempts=60, base=timedelta(seconds=1), cap=timedelta(hours=1))
"""About a day; then a person is told that files wait."""

GONE = Scanned(verdict=Verdict.UNREADABLE, note="Its content is gone.")
GIVEN_UP = Scanned(verdict=Verdict.UNREADABLE, note="Its check was given up.")


@outside(
    destination="clamd",
    receiver=Receiver.KEYED,
    timeout=SECONDS,
    patience=PATIENCE,
    settled=GIVEN_UP,
)
def scan_file(intent: Intent, *, attachment_id: int) -> Scanned:
    """Ask clamd about a file; where there is none any more, it counts as not checked.

    Raises ScannerAway.
    """
    file = Attachment.objects.filter(pk=attachment_id).first()
    if file is None:
        raise Unasked(GONE)
    if not settings.CLAMD_URL:
        raise Unasked(Scanned(verdict=Verdict.UNCHECKED))
    try:
        content = file.file.open("rb")
    except FileNotFoundError:
        raise Unasked(GONE) from None
    with content:
        return clamd.scan(settings.CLAMD_URL, content, seconds=intent.timeout)


def why_no_scanner() -> str:
    """Why the virus scanner cannot be asked; empty when it can, or when none is set up."""
    try:
        if settings.CLAMD_URL:
            clamd.ping(settings.CLAMD_URL, seconds=PING_SECONDS)
    except clamd.ScannerAway as error:
        return str(error)
    return ""
