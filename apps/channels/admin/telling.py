"""Saying what came of mails that were processed again, with links to the tickets made."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from apps.channels.parsing.looking import visible
from apps.channels.queries.quarantine import Became, became
from apps.channels.states import FILED, Outcome
from apps.core.text import many

MOST_SAID = 5
MOST_LINKS = 10
LEVELS = dict.fromkeys(FILED, messages.SUCCESS) | {Outcome.RECEIVED: messages.INFO}
NOW = {
    (Outcome.TICKET, True): "is a ticket now",
    (Outcome.TICKET, False): "are tickets now",
    (Outcome.REPLY, True): "is a reply now",
    (Outcome.REPLY, False): "are replies now",
    (Outcome.QUARANTINED, True): "is held again",
    (Outcome.QUARANTINED, False): "are held again",
    (Outcome.IGNORED, True): "is ignored",
    (Outcome.IGNORED, False): "are ignored",
    (Outcome.DUPLICATE, True): "is a copy of another one",
    (Outcome.DUPLICATE, False): "are copies of others",
}


def tell_outcomes(request: HttpRequest, mail_ids: Sequence[int]) -> None:
    """One message for each thing that came of them; of many reasons the commonest."""
    for one in became(mail_ids)[:MOST_SAID]:
        level = LEVELS.get(Outcome(one.outcome), messages.WARNING)
        messages.add_message(request, level, sentence(one))


def sentence(one: Became) -> SafeString:
    """``1 mail was processed again and is held again: it names no sender``."""
    single = one.count == 1
    mails = many(one.count, "mail")
    if one.outcome == Outcome.RECEIVED:
        wait = "waits" if single else "wait"
        return format_html("{} still {} to be looked at: reload in a moment.", mails, wait)
    return format_html(
        "{} {} processed again and {}{}",
        mails,
        "was" if single else "were",
        NOW[Outcome(one.outcome), single],
        tail(one),
    )


def tail(one: Became) -> SafeString:
    """Which tickets, or why; what a mail brought in is only words."""
    if one.tickets:
        links = [
            (reverse("desk:ticket", args=[ticket_id]), ticket_id)
            for ticket_id in one.tickets[:MOST_LINKS]
        ]
        more = " and more." if len(one.tickets) > MOST_LINKS else "."
        return format_html(
            ": {}{}", format_html_join(", ", '<a href="{}">ticket {}</a>', links), more
        )
    why = visible(one.reason).rstrip(".")
    return format_html(": {}.", why[:1].lower() + why[1:]) if why else format_html(".")
