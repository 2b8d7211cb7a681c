"""`manage.py reconcile`: what lies in a mailbox is here, and what is here has one outcome."""

from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.channels.models import Mailbox
from apps.channels.queries.sums import Sum, mail_sums
from apps.channels.services.comparing import Comparison, compare_mailbox
from apps.core.errors import DomainError
from apps.core.text import many


class Command(BaseCommand):
    help = (
        "Hold the mails received against the sum of their outcomes, by inbox and day, and what "
        "lies in each mailbox against what was received. An outcome counts only with what must "
        "stand behind it: a message on its ticket, an original. Exit code 1 when something is "
        "missing, or a mailbox cannot be asked."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how far to look back, and what to do about mailboxes."""
        parser.add_argument("--days", type=int, default=0, help="only the last days (0: all)")
        parser.add_argument(
            "--again", action="store_true", help="take in what is missing or here in part"
        )
        parser.add_argument("--here", action="store_true", help="ask no mailbox")

    def handle(self, *args: Any, days: int, again: bool, here: bool, **options: Any) -> None:
        """Print a line for each inbox and day, a sum, and a line for each folder."""
        since = timezone.now() - timedelta(days=days) if days > 0 else None
        problems = [self.sum_up(since), "" if here else self.compare(again=again)]
        if any(problems):
            raise CommandError(" ".join(filter(None, problems)))

    def sum_up(self, since: datetime | None) -> str:
        """Print the sums; return what is wrong with them."""
        sums = mail_sums(since=since)
        for one in sums:
            self.stdout.write(f"{one.day} {one.inbox}: {said(one)}")
        received, missing = sum(one.received for one in sums), sum(one.missing for one in sums)
        if not all(one.agrees for one in sums):
            have = "has" if missing == 1 else "have"
            return f"{missing:,} of {many(received, 'mail')} {have} no outcome that holds."
        waiting = many(
            sum(one.outcomes["received"] for one in sums), "of them waits", "of them wait"
        )
        self.stdout.write(f"{many(received, 'mail')} received, {waiting}: the sums agree.")
        return ""

    def compare(self, *, again: bool) -> str:
        """Print how it stands with each folder; return what is wrong."""
        missing, silent = 0, 0
        for mailbox in Mailbox.objects.filter(is_active=True).select_related("inbox"):
            try:
                found = compare_mailbox(mailbox=mailbox, again=again, at=timezone.now())
            except DomainError as error:
                self.stdout.write(f"{mailbox}: {error}")
                silent += 1
                continue
            for one in found:
                self.stdout.write(f"{mailbox}, {one.folder}: {compared(one)}")
                missing += len(one.missing)
        lie = many(missing, "mail lies in a mailbox and is", "mails lie in mailboxes and are")
        lost = f"{lie} not here: run it with --again."
        they = "it" if silent == 1 else "they"
        who = many(silent, "mailbox", "mailboxes")
        unknown = f"Not every mailbox could be asked: {who} did not answer as {they} should."
        return " ".join([*([lost] if missing else []), *([unknown] if silent else [])])


def compared(one: Comparison) -> str:
    """`7 lie there, 1 waits to be read, 2 are MISSING here (UIDs 3, 9)`."""
    parts = [many(one.lying, "lies there", "lie there")]
    if one.waiting:
        parts.append(many(one.waiting, "waits to be read", "wait to be read"))
    if one.taken:
        parts.append(f"{one.taken:,} taken in again")
    if one.in_part:
        here = "here in part, in quarantine"
        parts.append(many(one.in_part, f"is {here}", f"are {here}"))
    if one.missing:
        named = ", ".join(map(str, one.missing[:20]))
        more = " and more" if len(one.missing) > 20 else ""
        lack, uids = (
            many(len(one.missing), "is", "are"),
            "UID" if len(one.missing) == 1 else "UIDs",
        )
        parts.append(f"{lack} MISSING here ({uids} {named}{more})")
    else:
        parts.append("none is missing here")
    return ", ".join(parts)


def said(one: Sum) -> str:
    """`7 received = 5 ticket + 2 ignored`."""
    parts = [f"{count} {name}" for name, count in one.outcomes.items() if count]
    verdict = "" if one.agrees else f"  ({one.missing} WITHOUT an outcome that holds)"
    return f"{one.received} received = {' + '.join(parts) or '0'}{verdict}"
