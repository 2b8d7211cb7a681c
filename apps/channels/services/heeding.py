"""What machines say of our own mail is put on its ticket; nobody answers them."""

from collections.abc import Iterable

from apps.channels import queries
from apps.channels.models import ReceivedMail
from apps.channels.parsing import COMPLAINED, ParsedMail, Report
from apps.coordination.events import moment
from apps.tickets.models import Message
from apps.tickets.services.reporting import take_auto_reply, take_complaint, take_report
from apps.tickets.types import Reported


def heed(mail: ReceivedMail, parsed: ParsedMail) -> str:
    """Put a report, a complaint or an automatic answer on the message of ours that it is about.

    Returns what it was, in words; empty for all that names no message that we signed.
    """
    if parsed.report and parsed.report.action == COMPLAINED:
        return heed_complaint(mail, parsed.report)
    if parsed.auto_kind not in ("bounce", "auto_reply"):
        return ""
    report = parsed.report
    told = heed_report(mail, report) if report and report.recipients else ""
    if told or queries.is_own_mail(parsed.message_id, parsed.desk_mark):
        return told
    return heed_answer(mail, [parsed.in_reply_to, *reversed(parsed.references)])


def heed_report(mail: ReceivedMail, report: Report) -> str:
    """Note what became of a message."""
    message = queries.own_message([report.original_message_id])
    if message is None:
        return ""
    said = [
        Reported(address=one.address, action=one.action, diagnostic=one.diagnostic)
        for one in report.recipients
    ]
    take_report(message_id=message.pk, said=said, at=moment())
    refer(mail, message)
    if report.action == "failed":
        return f"bounce of message {message.pk}"
    return f"report on message {message.pk}: {report.action}"


def heed_complaint(mail: ReceivedMail, report: Report) -> str:
    """Note that somebody who got a message calls it spam."""
    message = queries.own_message([report.original_message_id])
    if message is None:
        return ""
    take_complaint(message_id=message.pk, address=report.recipients[0].address)
    refer(mail, message)
    return f"complaint about message {message.pk}"


def heed_answer(mail: ReceivedMail, identifiers: Iterable[str]) -> str:
    """Note that a machine answered a message."""
    message = queries.own_message(identifiers)
    if message is None:
        return ""
    take_auto_reply(message_id=message.pk, mail_id=mail.pk, sender=mail.sender)
    refer(mail, message)
    return f"automatic answer to message {message.pk}"


def refer(mail: ReceivedMail, message: Message) -> None:
    """Write down which message a mail is about."""
    mail.report_on = message
    mail.save(update_fields=["report_on"])
