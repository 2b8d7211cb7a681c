"""`manage.py receive_mail < message.eml`: what a mail server hands over, one mail a call."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseAway
from django.utils import timezone

from apps.channels.models import ReceivedMail
from apps.channels.services.receiving import InboxUnknown, MailTooLarge, store_mail
from apps.channels.services.settling import take_in_now
from apps.channels.states import Source
from apps.channels.types import MOST_BYTES, MailOutcome


class Command(BaseCommand):
    help = (
        "Take in one raw mail from standard input and print what became of it. Exit codes are "
        "those of sysexits: 65 too large, 67 no such inbox, 75 try again later."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the inbox, where the mail server knows it better than the mail does."""
        parser.add_argument("--inbox", default="", metavar="ADDRESS", help="whom it was sent to")

    def handle(self, *args: Any, inbox: str, **options: Any) -> None:
        """Store the mail; from then on its outcome is only a matter of time."""
        raw = sys.stdin.buffer.read(MOST_BYTES + 1)
        mail = self.stored(raw, inbox)
        try:
            outcome = take_in_now(mail_id=mail.pk)
        except DatabaseAway:
            outcome = MailOutcome(outcome=mail.outcome)
        self.stdout.write(outcome.line)

    def stored(self, raw: bytes, inbox: str) -> ReceivedMail:
        """Store it, or say in the words of mail servers why not."""
        try:
            return store_mail(
                raw=raw, inbox_address=inbox, source=Source.COMMAND, at=timezone.now()
            )
        except MailTooLarge as error:
            raise CommandError(str(error), returncode=os.EX_DATAERR) from error
        except InboxUnknown as error:
            raise CommandError(str(error), returncode=os.EX_NOUSER) from error
        except DatabaseAway as error:
            problem = "The mail cannot be stored at the moment; try again later."
            raise CommandError(problem, returncode=os.EX_TEMPFAIL) from error
