"""Telling whether a mail came before, by its Message-ID, who wrote it, and what it says."""

import hashlib
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from apps.channels import queries
from apps.channels.models import ReceivedMail
from apps.channels.parsing import ParsedMail, parse_mail
from apps.channels.parsing.sameness import says_nothing_new, words_of
from apps.channels.states import Outcome
from apps.core.db import locked

OTHER_WORDS = "Its Message-ID came before with other words (mail {number})."


@dataclass(frozen=True, kw_only=True)
class Recognised:
    """The mail that this one is a copy of, or why it may be one."""

    original: ReceivedMail | None = None
    doubt: str = ""


def recognise(mail: ReceivedMail, parsed: ParsedMail, *, is_wanted: bool) -> Recognised:
    """Make this mail the one of its Message-ID and sender, or find the mail that is.

    What ``is_wanted`` is no copy of what a rule ignored: it takes the other one's place. Other
    words under the same Message-ID are nobody's copy, unless they came like this before.
    """
    if not parsed.message_id:
        return Recognised(original=claim(mail, f"sum:{parsed.fingerprint}", is_wanted=is_wanted))
    keys = (parsed.message_id, mail.sender)
    original = former(mail, parsed, is_wanted=is_wanted) or claim(
        mail, key_of(*keys), is_wanted=is_wanted
    )
    if original is None or is_copy(mail, parsed, original):
        return Recognised(original=original)
    again = claim(mail, key_of(*keys, words_of(parsed)), is_wanted=is_wanted)
    return Recognised(original=again, doubt=OTHER_WORDS.format(number=original.pk))


def key_of(*parts: str) -> str:
    """One short key of several texts, none of which can hold a line's end."""
    together = "\n".join(parts)
    return f"msg:{hashlib.sha256(together.encode()).hexdigest()}"


def former(mail: ReceivedMail, parsed: ParsedMail, *, is_wanted: bool) -> ReceivedMail | None:
    """The mail of this sender that came while the Message-ID alone was the key."""
    key = f"mid:{hashlib.sha256(parsed.message_id.encode()).hexdigest()}"
    names = {mail.sender, parsed.sender.address}
    found = ReceivedMail.objects.filter(dedupe_key=key, sender__in=names).first()
    return None if found and is_wanted and queries.was_ignored_by_rule(found) else found


def claim(mail: ReceivedMail, key: str, *, is_wanted: bool) -> ReceivedMail | None:
    """Give a mail the key, or return the mail that has it and keeps it.

    Of two at once the unique key lets one through; the other waits here for its commit.
    """
    while original := holder(mail, key):
        if not (is_wanted and queries.was_ignored_by_rule(original)):
            return original
        release(original.pk, key)
    return None


def holder(mail: ReceivedMail, key: str) -> ReceivedMail | None:
    """Try to give a mail the key; returns the mail that has it already."""
    try:
        with transaction.atomic():
            mail.dedupe_key = key
            mail.save(update_fields=["dedupe_key"])
    except IntegrityError:
        mail.dedupe_key = None
        return ReceivedMail.objects.get(dedupe_key=key)
    return None


def release(mail_id: int, key: str) -> None:
    """Take the key from an ignored mail, unless somebody took it or the mail up meanwhile."""
    mail = locked(ReceivedMail, mail_id)
    if mail.dedupe_key == key and mail.outcome == Outcome.IGNORED:
        mail.dedupe_key = None
        mail.save(update_fields=["dedupe_key"])


def is_copy(mail: ReceivedMail, parsed: ParsedMail, original: ReceivedMail) -> bool:
    """Whether nothing would be lost with this mail."""
    same = mail.sha256 == original.sha256
    return same or says_nothing_new(parsed, parse_mail(bytes(original.raw)))
