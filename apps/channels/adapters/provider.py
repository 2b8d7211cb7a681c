"""Handing a mail to a provider over HTTP, by way of Anymail, with the same three ends."""

from email.utils import parseaddr
from typing import Any

from anymail.backends.base_requests import AnymailRequestsBackend
from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from django.core.mail import EmailMessage
from requests.exceptions import ReadTimeout

from apps.channels.adapters.away import MailServerAway
from apps.channels.adapters.deadline import Deadline
from apps.channels.adapters.exchange import WatchedAdapter
from apps.channels.types import SendOutcome
from apps.core.errors import OutcomeUnknown
from apps.core.text import one_line

NOT_TAKEN = {"invalid", "rejected", "failed"}
LATER = {401, 402, 408, 425, 429, 503}
"""A no to us, for now: a wrong key, an unpaid bill, too much at once. Nothing was sent."""

MARK = "desk_message"
"""Under this name a provider carries our Message-ID, and gives it back with its news."""
CARRIERS = {
    "Brevo",
    "Mailjet",
    "Mailgun",
    "Mandrill",
    "Postmark",
    "Resend",
    "SendGrid",
    "SparkPost",
}

KEYS = ("api_key", "server_token")
"""Where a backend keeps what it signs in with."""

CONNECTIONS = 6
"""How many addresses of a provider may be silent before the time is over."""


def by_provider(mail: EmailMessage, backend: Any, *, timeout: float) -> SendOutcome:
    """Send by a provider; it ends after ``timeout`` seconds, however slowly it speaks.

    Raises MailServerAway, OutcomeUnknown.
    """
    if backend.esp_name == "Postmark":
        mail.extra_headers.setdefault("X-PM-KeepID", "true")  # or it replaces the Message-ID
    if backend.esp_name in CARRIERS and (named := mail.extra_headers.get("Message-ID")):
        mail.metadata = {MARK: named}  # type: ignore[attr-defined]
    with Deadline(timeout) as deadline:
        way = WatchedAdapter(deadline)
        if isinstance(backend, AnymailRequestsBackend):
            backend.timeout = (timeout / CONNECTIONS, timeout)
            backend.open()
            backend.session.mount("https://", way)
            backend.session.mount("http://", way)
        try:
            backend.send_messages([mail])
        except AnymailRecipientsRefused as error:
            return SendOutcome(sent=False, error=_said(error) or "It refused every recipient.")
        except AnymailAPIError as error:
            return _no(error, way)
        except AnymailError as error:
            # Before anything was sent: what the mail asks for, the provider does not offer.
            return SendOutcome(sent=False, error=one_line(str(error), 300))
        finally:
            backend.close()
    return _answered(mail)


def _answered(mail: Any) -> SendOutcome:
    """A yes, for some at least; Postmark may mean no to all where one address is wrong."""
    status = getattr(mail, "anymail_status", None)
    response: Any = getattr(status, "esp_response", None)
    code = getattr(response, "status_code", 200)
    if code >= 400:
        return SendOutcome(sent=False, error=f"{code} {one_line(response.text, 300)}")
    people = status.recipients.items() if status else ()
    no = {one: str(said.status) for one, said in people if said.status in NOT_TAKEN}
    main = next((one for one in no if one.lower() == parseaddr(mail.to[0])[1].lower()), "")
    missed = no.pop(main, "")
    refused = tuple(f"{one}: {said}" for one, said in no.items())
    return SendOutcome(sent=True, refused=refused, missed=missed)


def _no(error: Any, way: WatchedAdapter) -> SendOutcome:
    """4xx is a no for ever. Whatever may have come after the mail was taken leaves doubt."""
    code = getattr(error, "status_code", None)
    if code is None:
        slow = f"It spoke too slowly: it was not done after {way.deadline.seconds:.0f} s."
        is_slow = way.deadline.passed or isinstance(error, ReadTimeout)
        cause = slow if is_slow else type(error.__cause__ or error).__name__
        if not way.asked:
            raise MailServerAway(cause=cause) from error
        raise OutcomeUnknown(destination="the mail provider", cause=cause) from error
    said = f"{code} {_said(error)}".strip()
    if code in LATER:
        raise MailServerAway(cause=said) from error
    if code >= 500 or 200 <= code < 300:
        raise OutcomeUnknown(destination="the mail provider", cause=said) from error
    return SendOutcome(sent=False, error=said)


def _said(error: Any) -> str:
    """The provider's own words, without our key; Anymail's would repeat the whole mail."""
    response = getattr(error, "response", None)
    if response is None:
        return ""
    said: str = response.text
    for name in KEYS:
        if key := getattr(error.backend, name, ""):
            said = said.replace(key, "•••")
    return one_line(said, 300)
