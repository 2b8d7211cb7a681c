"""Where a mail lies of which only a part is here."""

from apps.channels.models import Mailbox, ReceivedMail

TAKEN = "is here as another one"


def where_it_lies(mail: ReceivedMail) -> str:
    """`lies in INBOX of help@desk.example at imap.desk.example`; empty for a mail that is here."""
    if not mail.is_partial:
        return ""
    if not mail.origin:
        return TAKEN
    account, _, place = mail.origin.removeprefix("imap:").partition(":")
    mailbox = Mailbox.objects.filter(pk=account.partition(".")[0]).first()
    return f"lies in {place.rsplit(':', 2)[0]} of {mailbox or 'a mailbox that is gone'}"
