"""What came from outside, as it came: original mails and attachments. Nothing of it may act."""

from io import BytesIO

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from apps.accounts.http import person
from apps.channels.models import ReceivedMail
from apps.core.downloads import download
from apps.desk.present.originals import original_view
from apps.desk.queries.tickets import ticket_of
from apps.desk.views.access import desk_page
from apps.tickets.models import Attachment, Message, Ticket


@require_safe
@desk_page
def original(request: HttpRequest, number: int, message_id: int) -> HttpResponse:
    """Show a message whole: its headers, its text with all quoted history, its HTML in a cage."""
    message = message_of(request, number, message_id)
    view = original_view(message, mail=mail_of(message))
    return render(request, "desk/original.html", {"original": view})


@require_safe
@desk_page
def original_mail(request: HttpRequest, number: int, message_id: int) -> HttpResponseBase:
    """Send the mail byte for byte as it came, as a file, unless a file in it is kept back."""
    message = message_of(request, number, message_id)
    mail = mail_of(message)
    if mail is None:
        raise Http404
    held = (why for file in message.attachments.all() if (why := file.why_withheld))
    if why := next(held, ""):
        return withheld(request, number, f"The mail has a file in it. {why}")
    name = f"ticket-{number}-message-{message_id}.eml"
    return download(BytesIO(bytes(mail.raw)), name=name)


@require_safe
@desk_page
def attachment(request: HttpRequest, number: int, attachment_id: int) -> HttpResponseBase:
    """Send a file as a download, never as a page; one that is kept back, to nobody."""
    ticket = ticket_of(number, person(request))
    file = get_object_or_404(Attachment, pk=attachment_id, message__ticket=ticket)
    if file.why_withheld:
        return withheld(request, number, file.why_withheld)
    try:
        content = file.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return download(content, name=file.name)


def withheld(request: HttpRequest, number: int, why: str) -> HttpResponse:
    """Say why a file is not handed out."""
    return render(request, "desk/withheld.html", {"number": number, "why": why}, status=403)


def mail_of(message: Message) -> ReceivedMail | None:
    """The mail that a message came as, if it came as one."""
    return ReceivedMail.objects.filter(message=message).order_by("pk").first()


def message_of(request: HttpRequest, number: int, message_id: int) -> Message:
    """A message of a ticket that this person may see."""
    ticket: Ticket = ticket_of(number, person(request))
    messages = Message.objects.select_related("author", "customer", "ticket")
    return get_object_or_404(messages, pk=message_id, ticket=ticket)
