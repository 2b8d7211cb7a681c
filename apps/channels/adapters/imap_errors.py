"""What went wrong with an IMAP server, as one of our errors: a sentence for people."""

import contextlib
import imaplib
import socket
import ssl
from collections.abc import Iterator

from imap_tools import ImapToolsError, MailboxLoginError

from apps.channels.adapters.away import (
    CertificateRefused,
    HostUnknown,
    MailboxAway,
    NoTls,
    SignInRefused,
)
from apps.channels.adapters.imap_lines import decoded
from apps.channels.models import Mailbox
from apps.channels.states import Security
from apps.core.errors import DomainError
from apps.core.text import one_line

BROKEN = (OSError, ValueError, imaplib.IMAP4.error, ImapToolsError, OverflowError, MemoryError)
"""The last two where it announces more bytes than there is room for."""


@contextlib.contextmanager
def in_words(mailbox: Mailbox) -> Iterator[None]:
    """Say what broke as one of the errors above."""
    try:
        yield
    except BROKEN as error:
        raise _as_ours(error, mailbox) from error


def _as_ours(error: Exception, mailbox: Mailbox) -> DomainError:
    facts = {"host": mailbox.host, "port": mailbox.port, "username": mailbox.username}
    said = said_by(error, mailbox)
    if isinstance(error, socket.gaierror):
        return HostUnknown(**facts)
    if isinstance(error, ssl.SSLCertVerificationError):
        return CertificateRefused(cause=error.verify_message.rstrip("."), **facts)
    wrong_port = isinstance(error, ValueError) and mailbox.security == Security.STARTTLS
    if isinstance(error, ssl.SSLError) or wrong_port or "TLS not supported" in said:
        return NoTls(security=Security(mailbox.security).label, **facts)
    if isinstance(error, MailboxLoginError) or "AUTHENTICATIONFAILED" in said:
        return SignInRefused(cause=said, **facts)
    return MailboxAway(cause=said, **facts)


def said_by(error: Exception, mailbox: Mailbox) -> str:
    """What the server said, without the password, should it repeat it."""
    if isinstance(error, TimeoutError):
        return "it said nothing in time"
    if isinstance(error, ConnectionRefusedError):
        return "the connection was refused"
    result = getattr(error, "command_result", None)
    text = str(error) if result is None else decoded(result[1])
    for secret in (mailbox.password, mailbox.refresh_token, mailbox.client_secret):
        text = text.replace(secret.reveal(), "…") if secret else text
    return one_line(text, 200).rstrip(".") or type(error).__name__
