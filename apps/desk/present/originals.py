"""A message whole, as it came."""

from dataclasses import dataclass

from django.urls import reverse

from apps.channels.models import ReceivedMail
from apps.core.moments import whole
from apps.desk.present.beside import Fact
from apps.tickets.models import Message
from apps.tickets.states import MessageKind

MOST_HOSTS = 3


@dataclass(frozen=True, kw_only=True)
class OriginalView:
    """One message with its headers and both its bodies."""

    subject: str
    number: int
    ticket_url: str
    headers: list[Fact]
    text: str
    body_url: str
    mail_url: str
    oddities: list[str]


def original_view(message: Message, *, mail: ReceivedMail | None) -> OriginalView:
    """Show a message; its ticket, author and customer are already there."""
    headers = [
        Fact(name="From", value=sender(message)),
        Fact(name="To", value=message.to),
        Fact(name="Cc", value=message.cc),
        Fact(name="Date", value=whole(message.created_at)),
        Fact(name="Message-ID", value=message.message_id_header),
        Fact(name="In reply to", value=message.in_reply_to),
    ]
    place = [message.ticket_id, message.pk]
    return OriginalView(
        subject=message.subject or message.ticket.subject,
        number=message.ticket_id,
        ticket_url=f"{reverse('desk:ticket', args=[message.ticket_id])}#m-{message.pk}",
        headers=[fact for fact in headers if fact.value],
        text=message.text,
        body_url=reverse("desk:layout", args=place) if message.html else "",
        mail_url=reverse("desk:original_mail", args=place) if mail else "",
        oddities=mail.problems.splitlines() if mail else [],
    )


def sender(message: Message) -> str:
    """Who wrote it, with the address when there is one."""
    if message.kind == MessageKind.INCOMING and message.customer:
        return f"{message.customer.name} <{message.customer.email}>"
    return str(message.author or "The desk")


def pictures_told(number: int, hosts: list[str], *, shows: bool) -> str:
    """What is said of a mail's pictures from elsewhere; nothing where there are none."""
    if not number:
        return ""
    what = "A picture" if number == 1 else f"{number} pictures"
    named = ", ".join(hosts[:MOST_HOSTS])
    more = f" and {len(hosts) - MOST_HOSTS} other places" if len(hosts) > MOST_HOSTS else ""
    verb = "is" if number == 1 else "are"
    if shows:
        return f"{what} from {named}{more} {verb} shown. Its sender may know that you looked."
    return f"{what} from {named}{more} {verb} not loaded: its sender would know that you looked."
