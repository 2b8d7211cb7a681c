"""Handing a mail over, knowing afterwards whether it was taken, refused, or nobody can tell."""

import smtplib
from contextlib import suppress
from typing import Any

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend

from apps.channels.types import SendOutcome
from apps.core.errors import OutcomeUnknown, Unavailable


class MailServerAway(Unavailable):
    """Nothing was handed over; later it may be."""

    message = "The mail server takes no mail at the moment: {cause}"


class WatchedSmtp(smtplib.SMTP):
    """A client that remembers whether the content began to leave."""

    content_begun = False

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.content_begun = True
        return super().data(msg)


class WatchedSmtpSsl(smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""

    content_begun = False

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.content_begun = True
        return super().data(msg)


class WatchedBackend(EmailBackend):
    """Django's backend over such a client."""

    @property
    def connection_class(self) -> type[Any]:
        return WatchedSmtpSsl if self.use_ssl else WatchedSmtp


def hand_over(mail: EmailMessage, *, timeout: float) -> SendOutcome:
    """Give a mail to the mail server, or to whatever EMAIL_URL names instead.

    Raises MailServerAway when surely nothing was sent, OutcomeUnknown when that is not known.
    """
    configured = get_connection()
    if isinstance(configured, EmailBackend):
        return _by_smtp(mail, WatchedBackend(timeout=timeout))
    try:
        configured.send_messages([mail])
    except OSError as error:
        raise MailServerAway(cause=error) from error
    return SendOutcome(sent=True)


def _by_smtp(mail: EmailMessage, backend: WatchedBackend) -> SendOutcome:
    try:
        backend.open()
    except (OSError, smtplib.SMTPException) as error:
        raise MailServerAway(cause=_said(error)) from error
    client: Any = backend.connection
    try:
        backend.send_messages([mail])
    except smtplib.SMTPRecipientsRefused as error:
        answers = list(error.recipients.values())
        return _refused(max(code for code, _ in answers), "; ".join(map(_reply, answers)))
    except smtplib.SMTPResponseException as error:
        if client.content_begun and not _is_an_answer(error):
            raise OutcomeUnknown(destination="the mail server", cause=_said(error)) from error
        return _refused(error.smtp_code, _said(error))
    except (OSError, smtplib.SMTPException) as error:
        if client.content_begun:
            raise OutcomeUnknown(destination="the mail server", cause=_said(error)) from error
        raise MailServerAway(cause=_said(error)) from error
    finally:
        with suppress(OSError, smtplib.SMTPException):
            backend.close()
    return SendOutcome(sent=True)


def _is_an_answer(error: smtplib.SMTPResponseException) -> bool:
    """Whether the server said no; smtplib makes codes of its own for what it cannot read."""
    unreadable = error.smtp_code == 500 and error.smtp_error == "Line too long."
    return 400 <= error.smtp_code < 600 and not unreadable


def _refused(code: int, said: str) -> SendOutcome:
    """5xx is a no for ever; 4xx is a no for now."""
    if code >= 500:
        return SendOutcome(sent=False, error=said)
    raise MailServerAway(cause=said)


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _reply((error.smtp_code, error.smtp_error))
    return str(error) or type(error).__name__


def _reply(answer: tuple[int, bytes | str]) -> str:
    code, text = answer
    return f"{code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"
