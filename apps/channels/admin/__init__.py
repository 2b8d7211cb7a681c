"""What admins meet of mail: inboxes and their mailboxes, quarantine, conservation."""

from apps.channels.admin.inboxes import InboxAdmin
from apps.channels.admin.mails import ReceivedMailAdmin

__all__ = ["InboxAdmin", "ReceivedMailAdmin"]
