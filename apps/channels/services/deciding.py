"""What becomes of a mail: a ticket, a reply, a copy, nothing, or a question for a person."""

from dataclasses import replace
from datetime import datetime

from django.db import DataError, transaction
from django.db.models.functions import Now

from apps.channels import queries
from apps.channels.events import MailDecided
from apps.channels.models import MOST_MEGABYTES, ReceivedMail
from apps.channels.parsing import Mailbox, ParsedMail, parse_mail
from apps.channels.queries.places import where_it_lies
from apps.channels.rules import (
    Sighting,
    is_robot,
    why_braked,
    why_held,
    why_ignored,
    why_too_large,
    why_unfit,
)
from apps.channels.services.filing import FORM_PROBLEM, file_mail
from apps.channels.services.heeding import heed
from apps.channels.services.recognising import recognise
from apps.channels.states import MOVES, Outcome, Source, SpamPolicy
from apps.channels.types import MEGABYTE, MailOutcome
from apps.coordination.events import publish
from apps.core.db import locked
from apps.core.errors import NotFound, Refused
from apps.core.states import check_move
from apps.tickets.models import Message
from apps.tickets.services.keeping import store_content


@transaction.atomic
def decide_mail(*, mail_id: int) -> MailOutcome:
    """Decide what becomes of a received mail. The second time returns what was decided."""
    seen = ReceivedMail.objects.filter(pk=mail_id).first()
    if seen is None:
        raise NotFound(thing="received mail", key=mail_id)
    if seen.outcome != Outcome.RECEIVED:
        return seen.result
    parsed = with_files_stored(seen, parse_mail(bytes(seen.raw)))
    mail = locked(ReceivedMail, mail_id)  # only now, for reading and storing may take a while
    if mail.outcome == Outcome.RECEIVED:
        writer = writer_of(parsed)
        describe(mail, parsed, writer)
        settle(mail, parsed, writer)
    return mail.result


def with_files_stored(mail: ReceivedMail, parsed: ParsedMail) -> ParsedMail:
    """Store what comes with a mail that is likely to be filed; of robots hardly any is.

    Where it is not filed after all, nothing refers to that content, and the mail has it anyway.
    """
    if parsed.auto_kind and not mail.is_insisted:
        return parsed
    files = (replace(file, lies_at=store_content(data=file.data)) for file in parsed.attachments)
    return replace(parsed, attachments=tuple(files))


def writer_of(parsed: ParsedMail) -> Mailbox:
    """Who wants an answer. A form that writes in our name, or as a robot, says it in Reply-To."""
    sender, other = parsed.sender.address, parsed.reply_to.address
    if not other or sender == other:
        return parsed.sender
    if queries.is_own_address(sender):
        return parsed.reply_to
    names_person = not is_robot(other) and not queries.is_own_address(other)
    return parsed.reply_to if is_robot(sender) and names_person else parsed.sender


def describe(mail: ReceivedMail, parsed: ParsedMail, writer: Mailbox) -> None:
    """Write down what the list of mails shows."""
    mail.inbox = mail.inbox or queries.inbox_for(queries.addresses_of(mail, parsed))
    mail.spam = mail.spam or parsed.spam
    mail.sender = writer.address
    mail.subject = parsed.subject
    mail.message_id_header = parsed.message_id
    mail.reached_at = reached(mail, parsed)
    unproven = [FORM_PROBLEM] if mail.source == Source.FORM else []
    mail.problems = "\n".join([*unproven, *parsed.problems])
    mail.attempts += 1
    fields = ["inbox", "spam", "sender", "subject", "message_id_header", "reached_at"]
    mail.save(update_fields=[*fields, "problems", "attempts"])


def reached(mail: ReceivedMail, parsed: ParsedMail) -> datetime | None:
    """When it reached the mailbox that it was collected from, which may have been long before."""
    passed = parsed.passed_on if mail.source == Source.IMAP else None
    return passed if passed and passed < mail.received_at else None


def settle(mail: ReceivedMail, parsed: ParsedMail, writer: Mailbox) -> None:
    """Try the outcomes one after the other; where a person insists, only what is unfit stays."""
    seen = sighting(mail, parsed, writer)
    if mail.is_insisted:
        return file_or_hold(mail, parsed, writer, held=why_unfit(seen))
    ignored = why_ignored(seen)
    known = recognise(mail, parsed, is_wanted=not ignored)
    if known.original:
        return close(mail, Outcome.DUPLICATE, original=known.original)
    if ignored:
        return close(mail, Outcome.IGNORED, reason=heed(mail, parsed) or ignored)
    doubts = known.doubt or why_too_large(seen) or why_held(seen) or braked(mail)
    return file_or_hold(mail, parsed, writer, held=why_unfit(seen) or doubts)


def braked(mail: ReceivedMail) -> str:
    """Why its sender looks like a machine that cannot stop."""
    return why_braked(queries.recent_from(mail, mail.sender) if mail.sender else 0)


def file_or_hold(mail: ReceivedMail, parsed: ParsedMail, writer: Mailbox, *, held: str) -> None:
    """Put it on a ticket, unless something holds it or the tickets refuse it."""
    if held:
        return close(mail, Outcome.QUARANTINED, reason=held)
    try:
        with transaction.atomic():
            message, is_new = file_mail(mail, parsed, writer)
    except (Refused, DataError) as error:
        return close(mail, Outcome.QUARANTINED, reason=f"It cannot be filed: {error}")
    return close(mail, Outcome.TICKET if is_new else Outcome.REPLY, message=message)


def sighting(mail: ReceivedMail, parsed: ParsedMail, writer: Mailbox) -> Sighting:
    """Gather what decides whether it is filed."""
    return Sighting(
        sender=writer.address,
        is_empty=parsed.is_empty,
        takes_lists=bool(mail.inbox and mail.inbox.takes_lists),
        auto_kind=parsed.auto_kind,
        is_ours=queries.is_own_mail(parsed.message_id, parsed.desk_mark),
        from_own_address=queries.is_own_address(writer.address),
        spam=mail.spam,
        holds_spam=bool(mail.inbox and mail.inbox.spam == SpamPolicy.HOLD),
        lies=where_it_lies(mail),
        megabytes=mail.size / MEGABYTE,
        most_megabytes=mail.inbox.most_megabytes if mail.inbox else MOST_MEGABYTES,
    )


def close(
    mail: ReceivedMail,
    outcome: Outcome,
    *,
    reason: str = "",
    original: ReceivedMail | None = None,
    message: Message | None = None,
) -> None:
    """Write the outcome down and say so."""
    check_move(mail, mail.outcome, outcome, MOVES)
    if original:
        mail.copies.update(duplicate_of=original)  # its headers, if they were here before it
    mail.outcome, mail.reason, mail.duplicate_of = outcome, reason, original
    mail.message, mail.ticket = message, message.ticket if message else None
    mail.decided_at = Now()
    fields = ["outcome", "reason", "duplicate_of", "message", "ticket", "decided_at"]
    mail.save(update_fields=fields)
    event = MailDecided(mail_id=mail.pk, outcome=outcome, ticket_id=mail.ticket_id)
    publish(event, why=reason)
