"""What keeps mail from coming in: mailboxes nobody reads, doors that are shut, mails that wait."""

from collections.abc import Iterator

from apps.core.text import many
from apps.ops.doctor.saying import cited, sentence, span
from apps.ops.doctor.types import Facts, Finding

SILENT = 60.0
"""Seconds without a sign of life; the collector gives one every two."""
NOT_READ = 600.0
"""Seconds after which a mailbox that fails needs a person; a hiccup is over by then."""
UNDECIDED = 300.0
HELD = 86_400.0
"""Seconds after which a mail in quarantine is a customer whom nobody has answered."""
GROWS = 20
"""So many within a day are no accident."""
COLLECTOR = "`manage.py serve collector`"
LMTP = "`manage.py serve lmtp`"


def collector(facts: Facts) -> Iterator[Finding]:
    """Nobody reads the mailboxes."""
    silence = facts.mail.collector
    if facts.mail.folders and (silence is None or silence > SILENT):
        since = "was ever started" if silence is None else f"has been there for {span(silence)}"
        yield Finding(
            name="no_collector",
            wrong=f"No collector {since}: mail waits in its mailboxes.",
            cure=f"Start {COLLECTOR}, or look in its log; it catches up from where it was.",
        )


def mailboxes(facts: Facts) -> Iterator[Finding]:
    """Mailboxes that cannot be read."""
    for one in facts.mail.folders:
        if not one.problem:
            continue
        since = "was never read" if one.read_ago is None else f"was read {span(one.read_ago)} ago"
        times = many(one.failures, "time")
        yield Finding(
            name="mailbox_fails",
            wrong=sentence(
                f"{one.folder} of {one.mailbox} {since}, and failed {times} since: "
                f"{cited(one.problem, 300)}"
            ),
            cure="Put it right in the admin, and test the connection there; no mail is lost.",
            urgent=one.read_ago is None or one.read_ago > NOT_READ,
        )


def missing(facts: Facts) -> Iterator[Finding]:
    """Mails that lie in a mailbox, were read, and are not here."""
    for one in facts.mail.folders:
        if one.missing:
            yield Finding(
                name="mail_missing",
                wrong=(
                    f"{many(one.missing, 'mail')} in {one.folder} of {one.mailbox}, UID "
                    f"{one.first_missing} first, should be here and cannot be found."
                ),
                cure="Run `manage.py reconcile --again`, which takes them in.",
            )


def lmtp(facts: Facts) -> Iterator[Finding]:
    """The door for mail servers is set, and shut."""
    silence = facts.mail.lmtp
    if facts.mail.wants_lmtp and (silence is None or silence > SILENT):
        yield Finding(
            name="no_lmtp",
            wrong="LMTP_LISTEN is set and nobody listens: mail servers keep their mail.",
            cure=f"Start {LMTP}, or take the setting away.",
        )


def default(facts: Facts) -> Iterator[Finding]:
    """Mail that names no inbox has none to go to."""
    if facts.mail.lacks_default:
        yield Finding(
            name="no_default_inbox",
            wrong="No inbox is the default one: mail that names none of them has none.",
            cure="Choose one in the admin, at its inbox.",
            urgent=False,
        )


def undecided(facts: Facts) -> Iterator[Finding]:
    """Mails that wait for their outcome."""
    one = facts.mail
    if one.undecided and one.undecided_for > UNDECIDED:
        yield Finding(
            name="mail_undecided",
            wrong=(
                f"{many(one.undecided, 'mail')}, mail {one.oldest_undecided} first, waited up "
                f"to {span(one.undecided_for)} for an outcome."
            ),
            cure="What else is said here tells why; look for dead letters of “take in”.",
        )


def lost(facts: Facts) -> Iterator[Finding]:
    """Customers who wait, and whose last reply did not reach them."""
    one = facts.mail
    if one.lost:
        wait = many(one.lost, "open ticket waits", "open tickets wait")
        yield Finding(
            name="replies_lost",
            wrong=(
                f"{wait} with a last reply that was not sent or came back, ticket "
                f"{one.first_lost} first."
            ),
            cure="Send it again, or write to another address: the desk marks such tickets.",
            urgent=False,
        )


def quarantine(facts: Facts) -> Iterator[Finding]:
    """Mails that wait for a person, for long or more and more of them."""
    held = facts.quarantine
    if held.count and (held.since > HELD or held.of_today >= GROWS):
        lie = many(held.count, "mail lies", "mails lie")
        yield Finding(
            name="quarantine_grows" if held.of_today >= GROWS else "quarantine_waits",
            wrong=(
                f"{lie} in quarantine, {held.of_today} of them since yesterday; mail "
                f"{held.oldest} waits for {span(held.since)}."
            ),
            cure=f"Process them again or ignore them, at {held.page}.",
        )
