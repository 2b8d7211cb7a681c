"""Handing a mail to a provider over HTTP, by way of Anymail, with the same three ends."""

from typing import Any

from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from django.core.mail import EmailMessage
from requests import exceptions as http

from apps.channels.adapters.away import MailServerAway
from apps.channels.types import SendOutcome
from apps.core.errors import OutcomeUnknown
from apps.core.text import one_line

NEVER_REACHED = (http.ConnectTimeout, http.SSLError, http.ProxyError)
NOT_TAKEN = {"invalid", "rejected", "failed"}
LATER = 429


def by_provider(mail: EmailMessage, backend: Any) -> SendOutcome:
    """Send by a provider. Raises MailServerAway, OutcomeUnknown."""
    mail.extra_headers.setdefault("X-PM-KeepID", "true")  # or Postmark replaces the Message-ID
    try:
        backend.send_messages([mail])
    except AnymailRecipientsRefused as error:
        return SendOutcome(sent=False, error=_said(error) or "It refused every recipient.")
    except AnymailAPIError as error:
        return _no(error)
    except AnymailError as error:
        # Before anything was sent: what the mail asks for, the provider does not offer.
        return SendOutcome(sent=False, error=one_line(str(error), 300))
    return SendOutcome(sent=True, refused=_refused(mail))


def _no(error: Any) -> SendOutcome:
    """4xx is a no for ever, 429 and 5xx one for now; silence after the question leaves doubt."""
    code = getattr(error, "status_code", None)
    if code is None:
        cause = type(error.__cause__ or error).__name__
        if isinstance(error, NEVER_REACHED) or "NewConnectionError" in repr(error.__cause__):
            raise MailServerAway(cause=cause) from error
        raise OutcomeUnknown(destination="the mail provider", cause=cause) from error
    said = f"{code} {_said(error)}".strip()
    if code == LATER or code >= 500:
        raise MailServerAway(cause=said) from error
    if 200 <= code < 300:
        raise OutcomeUnknown(destination="the mail provider", cause=said) from error
    return SendOutcome(sent=False, error=said)


def _said(error: Any) -> str:
    """The provider's own words; Anymail's would repeat the whole mail."""
    response = getattr(error, "response", None)
    return one_line(response.text, 300) if response is not None else ""


def _refused(mail: Any) -> tuple[str, ...]:
    """Who of several does not get it, by the provider's word."""
    status = getattr(mail, "anymail_status", None)
    people = status.recipients.items() if status else ()
    return tuple(f"{one}: {said.status}" for one, said in people if said.status in NOT_TAKEN)
