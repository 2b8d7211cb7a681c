"""The cells of the list of received mails: what became of each first, hostile words as text."""

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.channels.models import ReceivedMail
from apps.channels.parsing.looking import visible
from apps.channels.states import Outcome
from apps.core.moments import moment

TONES = {
    Outcome.TICKET: "good",
    Outcome.REPLY: "good",
    Outcome.QUARANTINED: "warn",
    Outcome.RECEIVED: "accent",
}


class Cells:
    """Columns for ``list_display``; none of them asks the database."""

    @admin.display(description="Outcome", ordering="outcome")
    def became(self, mail: ReceivedMail) -> SafeString:
        """What became of it, on which ticket, and why."""
        outcome = Outcome(mail.outcome)
        chip = format_html(
            '<span class="op-chip {}">{}</span>', TONES.get(outcome, ""), outcome.label.lower()
        )
        return format_html(
            '{}{}<p class="rm-why">{}</p>', chip, led_to(mail), visible(mail.reason)
        )

    @admin.display(description="Subject", ordering="subject")
    def what(self, mail: ReceivedMail) -> SafeString:
        """Its subject."""
        return format_html('<span dir="auto">{}</span>', visible(mail.subject) or "No subject")

    @admin.display(description="Sender", ordering="sender")
    def who(self, mail: ReceivedMail) -> SafeString:
        """Whom an answer would go to."""
        return format_html('<span dir="auto">{}</span>', visible(mail.sender) or "no sender")

    @admin.display(description="Received", ordering="received_at")
    def came(self, mail: ReceivedMail) -> SafeString:
        """How long ago it came; the whole time for who points at it."""
        then = moment(mail.received_at, at=timezone.now())
        return format_html(
            '<time datetime="{}" title="{}" data-ago>{}</time>', then.iso, then.full, then.short
        )


def led_to(mail: ReceivedMail) -> SafeString:
    """The ticket it is on, or the mail it is a copy of."""
    if mail.ticket_id:
        address = reverse("desk:ticket", args=[mail.ticket_id])
        word = "" if mail.outcome == Outcome.TICKET else "on ticket "
        return format_html(' <a href="{}">{}{}</a>', address, word, mail.ticket_id)
    if mail.duplicate_of_id:
        address = reverse("admin:channels_receivedmail_change", args=[mail.duplicate_of_id])
        return format_html(' of <a href="{}">mail {}</a>', address, mail.duplicate_of_id)
    return SafeString("")
