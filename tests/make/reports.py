"""Replies that left, and what mail servers and mail programs write about them."""

from django.utils import timezone

from apps.channels.services.composing import reply_identifier
from apps.tickets.models import Message
from apps.tickets.services.conversing import write_reply
from apps.tickets.services.delivering import change_delivery
from tests.make.mails import mail, mixed
from tests.make.tickets import customer, person, ticket


def report(about: str | bytes, *recipients: tuple[str, str, str], **headers: str) -> bytes:
    """A report in its form (RFC 3464): address, action and diagnostic of each recipient.

    ``about`` is the mail that came back, or only its Message-ID.
    """
    back = about if isinstance(about, bytes) else f"Message-ID: {about}\r\n\r\nSoon.".encode()
    groups = [b"Reporting-MTA: dns; mx.b.example"]
    for address, action, diagnostic in recipients:
        lines = [f"Final-Recipient: rfc822; {address}", f"Action: {action}"]
        groups.append("\r\n".join([*lines, f"Diagnostic-Code: smtp; {diagnostic}"]).encode())
    return mixed(
        b"Content-Type: text/plain\r\n\r\nThis is what became of your message.",
        b"Content-Type: message/delivery-status\r\n\r\n" + b"\r\n\r\n".join(groups) + b"\r\n",
        b"Content-Type: message/rfc822\r\n\r\n" + back + b"\r\n",
        kind="report; report-type=delivery-status",
        **{"from": "MAILER-DAEMON@mx.b.example", "subject": "Undelivered"} | headers,
    )


def bounce(
    about: str | bytes, address: str, diagnostic: str = "550 no such user", **headers: str
) -> bytes:
    """A report that one address was not reached."""
    return report(about, (address, "failed", diagnostic), **headers)


def complaint(about: str, *recipients: str, kind: str = "abuse", **headers: str) -> bytes:
    """What a provider writes when somebody calls a mail spam (RFC 5965); it may not say who."""
    lines = [f"Feedback-Type: {kind}", "User-Agent: Feedback/1.0", "Version: 1"]
    lines += [f"Original-Rcpt-To: <{address}>" for address in recipients]
    back = f"From: help@desk.example\r\nMessage-ID: {about}\r\n\r\nSoon.\r\n".encode()
    return mixed(
        b"Content-Type: text/plain\r\n\r\nThis is a report about an abusive mail.",
        b"Content-Type: message/feedback-report\r\n\r\n" + "\r\n".join([*lines, ""]).encode(),
        b"Content-Type: message/rfc822\r\n\r\n" + back,
        kind="report; report-type=feedback-report",
        **{"from": "feedback@mx.b.example", "subject": "FW: Re: Your parcel"} | headers,
    )


def out_of_office(identifier: str, **headers: str) -> bytes:
    """What a mail program answers for somebody who is away."""
    fields = {
        "subject": "Out of office",
        "in_reply_to": identifier,
        "auto_submitted": "auto-replied",
    }
    return mail("I am back on Monday.", **fields | headers)


def sent(status: str = "pending", delivery: str = "sent", **fields) -> Message:
    """A reply to Ada that left under its own Message-ID."""
    asked = ticket(customer=customer("ada@example.org"), inbox_address="help@desk.example")
    words = {"text": "Soon.", "by": person(), "key": "k1", "status": status}
    written = write_reply(ticket_id=asked.pk, at=timezone.now(), **words | fields)
    header = reply_identifier(Message.objects.get(pk=written.pk))
    for state in ("sending", delivery):
        change_delivery(
            message_id=written.pk, delivery=state, message_id_header=header, at=timezone.now()
        )
    return Message.objects.get(pk=written.pk)


def state(reply: Message) -> tuple[str, str, str]:
    """The status of its ticket, and where it is on its way."""
    reply = Message.objects.select_related("ticket").get(pk=reply.pk)
    return reply.ticket.status, reply.delivery, reply.delivery_error
