"""Handing a mail over, knowing afterwards whether it was taken, refused, or nobody can tell."""

import smtplib
from base64 import b64encode
from contextlib import suppress
from functools import partial
from typing import Any

from anymail.backends.base import AnymailBaseBackend
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend

from apps.channels.adapters.away import MailPutOff, MailServerAway
from apps.channels.adapters.deadline import Deadline
from apps.channels.adapters.provider import by_provider
from apps.channels.types import SendOutcome
from apps.core.errors import OutcomeUnknown

__all__ = ["MailPutOff", "MailServerAway", "hand_over"]

WAITS = 6
"""How often a conversation with a mail server waits for it; each wait gets its share."""

GO_ON = 354
"""The answer to DATA: from here on the content leaves."""
CLOSING = 421
"""The one no, at whatever word, by which a server speaks of itself: it closes."""
FOR_EVER = 500
"""From this code on a no is final."""

Answers = dict[str, tuple[int, bytes]]
"""What a mail server said of whom."""


class WatchedSmtp(smtplib.SMTP):
    """A client that remembers whether the content began to leave, and who was refused."""

    content_begun = False
    main = ""

    def __init__(
        self, *args: Any, deadline: Deadline, awaits_copies: bool = True, **values: Any
    ) -> None:
        self.deadline, self.awaits_copies = deadline, awaits_copies
        self.refused: Answers = {}
        super().__init__(*args, **values)

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:
        line = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        self.deadline.watch(line)
        return line

    def getreply(self) -> tuple[int, bytes]:
        """Believe no answer that the deadline cut in two."""
        answer = super().getreply()
        if self.deadline.passed:
            self.close()
            raise smtplib.SMTPServerDisconnected("The deadline passed.")
        self.content_begun = self.content_begun or answer[0] == GO_ON
        return answer

    def rcpt(self, recip: str, options: Any = ()) -> tuple[int, bytes]:
        """Keep what Django drops: who was refused while others were not."""
        self.main = self.main or recip
        answer = super().rcpt(recip, options)
        if answer[0] not in (250, 251):
            self.refused[recip] = answer
        return answer

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Send nothing at all where somebody is taken later: what left cannot leave again."""
        later = [one for one, (code, _) in self.refused.items() if code < FOR_EVER]
        if self.main in later or (later and self.awaits_copies):
            self.rset()
            raise smtplib.SMTPRecipientsRefused({one: self.refused[one] for one in later})
        return super().data(msg)


class WatchedSmtpSsl(WatchedSmtp, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:
        # Watched before the handshake, which may drip as well.
        line = smtplib.SMTP._get_socket(self, host, port, timeout)  # type: ignore[attr-defined]
        self.deadline.watch(line)
        return self.context.wrap_socket(line, server_hostname=self._host)  # type: ignore[attr-defined]


class WatchedBackend(EmailBackend):
    """Django's backend over such a client."""

    def __init__(self, *, deadline: Deadline, awaits_copies: bool, **options: Any) -> None:
        super().__init__(**options)
        self.deadline, self.awaits_copies = deadline, awaits_copies

    @property
    def connection_class(self) -> Any:
        client = WatchedSmtpSsl if self.use_ssl else WatchedSmtp
        return partial(client, deadline=self.deadline, awaits_copies=self.awaits_copies)


def hand_over(mail: EmailMessage, *, timeout: float, awaits_copies: bool = True) -> SendOutcome:
    """Give a mail to the mail server, or to whatever EMAIL_URL names instead.

    It ends after ``timeout`` seconds, however slowly the server speaks. Where only a copy is
    refused for now nothing leaves, unless that was awaited for long enough.
    Raises MailServerAway when surely nothing was sent (MailPutOff where that is about this mail
    alone), OutcomeUnknown when that is not known.
    """
    configured = get_connection()
    if isinstance(configured, EmailBackend):
        with Deadline(timeout) as deadline:
            share = timeout / WAITS
            backend = WatchedBackend(timeout=share, deadline=deadline, awaits_copies=awaits_copies)
            return _by_smtp(mail, backend)
    if isinstance(configured, AnymailBaseBackend):
        return by_provider(mail, configured, timeout=timeout)
    try:
        configured.send_messages([mail])
    except OSError as error:
        raise MailServerAway(cause=error) from error
    return SendOutcome(sent=True)


def _by_smtp(mail: EmailMessage, backend: WatchedBackend) -> SendOutcome:
    try:
        backend.open()
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise MailServerAway(cause=_kept_out(error, backend)) from None
    client: Any = backend.connection
    try:
        backend.send_messages([mail])
    except smtplib.SMTPRecipientsRefused as error:
        return _refused(_code(error.recipients, client), _each(error.recipients))
    except smtplib.SMTPResponseException as error:
        if client.content_begun and not _is_an_answer(error):
            raise OutcomeUnknown(destination="the mail server", cause=_said(error)) from error
        return _refused(error.smtp_code, _said(error))
    except (OSError, smtplib.SMTPException) as error:
        cause = _said(error, backend.deadline)
        if client.content_begun:
            raise OutcomeUnknown(destination="the mail server", cause=cause) from error
        raise MailServerAway(cause=cause) from error
    finally:
        with suppress(OSError, smtplib.SMTPException):
            backend.close()
    missed = client.refused.pop(client.main, None)
    refused = tuple(f"{one}: {_reply(answer)}" for one, answer in client.refused.items())
    return SendOutcome(sent=True, refused=refused, missed=_reply(missed) if missed else "")


def _code(refused: Answers, client: WatchedSmtp) -> int:
    """The answer that counts where nobody was taken: the first no for now, while it may help."""
    final = not client.awaits_copies and client.main in refused
    return refused[client.main][0] if final else min(code for code, _ in refused.values())


def _each(refused: Answers) -> str:
    return "; ".join(map(_reply, refused.values()))


def _is_an_answer(error: smtplib.SMTPResponseException) -> bool:
    """Whether the server said no; smtplib makes codes of its own for what it cannot read."""
    unreadable = error.smtp_code == 500 and error.smtp_error == "Line too long."
    return 400 <= error.smtp_code < 600 and not unreadable


def _refused(code: int, said: str) -> SendOutcome:
    """5xx is a no for ever; 4xx is a no for now, also where it is not everybody's answer.

    What it says once it has let us in is about this mail: its sender, a recipient, its text.
    """
    if code >= FOR_EVER:
        return SendOutcome(sent=False, error=said)
    raise MailServerAway(cause=said) if code == CLOSING else MailPutOff(cause=said)


def _kept_out(error: Exception, backend: WatchedBackend) -> str:
    """Why a conversation did not begin, in no word that lets anybody in: servers repeat ours."""
    if isinstance(error, UnicodeError):
        return "the user or the password of EMAIL_URL has letters that no sign-in carries."
    said = _said(error, backend.deadline)
    user, password = backend.username or "", backend.password or ""
    both = f"\0{user}\0{password}"
    for secret in (password, *(b64encode(each.encode()).decode() for each in (both, password))):
        said = said.replace(secret, "•••") if password else said
    refused = isinstance(error, smtplib.SMTPAuthenticationError)
    return f"it does not take the user and the password of EMAIL_URL: {said}" if refused else said


def _said(error: Exception, deadline: Deadline | None = None) -> str:
    if deadline and deadline.passed:
        return f"It spoke too slowly: it was not done after {deadline.seconds:.0f} s."
    if isinstance(error, smtplib.SMTPResponseException):
        return _reply((error.smtp_code, error.smtp_error))
    return str(error) or type(error).__name__


def _reply(answer: tuple[int, bytes | str]) -> str:
    code, text = answer
    return f"{code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"
