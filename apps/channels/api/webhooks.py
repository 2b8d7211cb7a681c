"""Providers post mail here: each proves itself, and a 200 comes after the commit."""

import logging
from typing import Any

from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from anymail.signals import EventType
from anymail.webhooks.base import AnymailBasicAuthMixin
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, RequestDataTooBig
from django.db import Error as DatabaseAway
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.urls import URLPattern, path
from django.utils import timezone

from apps.channels.adapters.provider import MARK
from apps.channels.adapters.providers import PROVIDERS, TRACKERS, Handed, handed
from apps.channels.api.bodies import read_whole
from apps.channels.parsing import COMPLAINED
from apps.channels.queries import own_message
from apps.channels.services.delivering import inbox_named
from apps.channels.services.receiving import InboxUnknown, store_mail
from apps.channels.states import Source
from apps.core.errors import Refused, Unavailable
from apps.core.text import one_line
from apps.tickets.models import Message
from apps.tickets.services.reporting import take_complaint, take_report
from apps.tickets.types import Reported

log = logging.getLogger(__name__)

ACTIONS = {
    EventType.BOUNCED: "failed",
    EventType.REJECTED: "failed",
    EventType.FAILED: "failed",
    EventType.DEFERRED: "delayed",
    EventType.DELIVERED: "delivered",
    EventType.COMPLAINED: COMPLAINED,
}
"""News of providers, as mail servers call them; that somebody opened a mail is none of ours."""

UNREADABLE = (
    AnymailError,
    ImproperlyConfigured,
    MultiPartParserError,
    Refused,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
)


class Webhook:
    """Goes before one of anymail's views: the same path for all, in place of its signals."""

    provider = ""
    webhook_secret: Any = None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Check who posts, read what it says, do what is to be done."""
        if self.basic_auth and "Authorization" not in request.headers:  # type: ignore[attr-defined]
            challenge = {"WWW-Authenticate": 'Basic realm="mail"'}
            return problem(401, "Post with the user and password of this webhook.", challenge)
        try:
            # Before anything is read: anybody may send a large body.
            AnymailBasicAuthMixin.validate_request(self, request)
            read_whole(request, most=settings.API_BODY_LIMIT)
            self.run_validators(request)  # type: ignore[attr-defined]
            read = self.read(self.parse_events(request))  # type: ignore[attr-defined]
        except AnymailWebhookValidationFailure:
            return problem(403, "This webhook's secret or signature is wrong.")
        except RequestDataTooBig:
            return problem(413, "The mail is larger than the desk takes.")
        except Unavailable as error:
            log.warning("A mail of %s waits there: %s", self.provider, error)
            return come_again()
        except UNREADABLE as error:
            log.warning("What %s posts cannot be read: %s", self.provider, type(error).__name__)
            return problem(400, "This is not as the provider's documentation describes it.")
        try:
            return self.take(read)
        except DatabaseAway as error:
            log.error("What %s posts cannot be stored: %s", self.provider, type(error).__name__)  # noqa: TRY400
            return come_again()

    def read(self, events: list[Any]) -> list[Any]:
        """What matters of these events, as plain values."""
        raise NotImplementedError

    def take(self, read: list[Any]) -> HttpResponse:
        """Write it down. Raises DatabaseAway."""
        raise NotImplementedError


class TakesMail(Webhook):
    """Of a view for mail that came in."""

    def read(self, events: list[Any]) -> list[Handed]:
        """The mails; providers send samples as well."""
        return [handed(self.provider, each) for each in events if is_mail(each)]

    def take(self, read: list[Handed]) -> HttpResponse:
        """Store each mail, once."""
        return stored(read)


class TakesNews(Webhook):
    """Of a view for what became of mail that we sent."""

    def read(self, events: list[Any]) -> list[tuple[str, Reported]]:
        """What is told of a message that we signed, beside its Message-ID."""
        return [news for each in events if (news := told(each)) is not None]

    def take(self, read: list[tuple[str, Reported]]) -> HttpResponse:
        """Put each on its message; of what is none of ours there is nothing to say."""
        for identifier, said in read:
            if message := own_message([identifier]):
                note(message, said)
        return HttpResponse()


def note(message: Message, said: Reported) -> None:
    """Put what is told of a message on it."""
    if said.action == COMPLAINED:
        take_complaint(message_id=message.pk, address=said.address)
    else:
        take_report(message_id=message.pk, said=[said], at=timezone.now())


def stored(mails: list[Handed]) -> HttpResponse:
    """Store each mail, once."""
    for mail in mails:
        store_mail(
            raw=mail.raw,
            inbox_address=inbox_of(mail.recipients),
            source=Source.WEBHOOK,
            origin=mail.origin,
            recipient=mail.recipients[0] if mail.recipients else "",
            spam=mail.spam,
            keeps_large=True,
            at=timezone.now(),
        )
    return HttpResponse()


def inbox_of(recipients: tuple[str, ...]) -> str:
    """The inbox of the first recipient that has one; a provider's own address is none of ours."""
    for recipient in recipients:
        try:
            return inbox_named(recipient=recipient)
        except InboxUnknown:
            continue
    return ""


def told(event: Any) -> tuple[str, Reported] | None:
    """What an event says of which message; None for what the desk has no use for."""
    action = ACTIONS.get(event.event_type) if event else None
    identifier = (event.metadata or {}).get(MARK) if event else None
    if action is None or not isinstance(identifier, str):
        return None
    words = event.mta_response or event.description or event.reject_reason or ""
    said = Reported(
        address=one_line(str(event.recipient or ""), 254),
        action=action,
        diagnostic=one_line(str(words), 300),
    )
    return identifier, said


def is_mail(event: Any) -> bool:
    """Whether it is about a mail that came; providers send samples, and news of sent ones."""
    return event is not None and event.event_type == EventType.INBOUND


def come_again() -> HttpResponse:
    """Have the provider post it once more, later."""
    again = {"Retry-After": "60"}
    return problem(503, "The mail cannot be stored at the moment; try again later.", again)


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> HttpResponse:
    """One sentence to whoever set the webhook up."""
    return JsonResponse(
        {"status": status, "detail": detail},
        status=status,
        headers=headers,
        content_type="application/problem+json",
    )


def webhooks(secrets: dict[str, str], keys: dict[str, str]) -> list[URLPattern]:
    """The addresses of the providers that have a secret here; no others exist."""
    mail = [
        path(f"inbound/{name}/", webhook(name, secret, keys.get(name, "")), name=f"inbound_{name}")
        for name, secret in secrets.items()
    ]
    news = [
        path(f"tracking/{name}/", tracker(name, secret), name=f"tracking_{name}")
        for name, secret in secrets.items()
        if name in TRACKERS
    ]
    return mail + news


def webhook(name: str, secret: str, key: str) -> Any:
    """One provider's view of mail."""
    provider = PROVIDERS[name]
    known = {provider.known_by: secret}
    if provider.key:
        known[provider.key] = key
    if provider.signs:
        known[provider.signs] = f"{settings.SITE_URL}/api/v1/inbound/{name}/"
    view: Any = type(f"{name.title()}Webhook", (TakesMail, provider.view), {"provider": name})
    return view.as_view(**known)


def tracker(name: str, secret: str) -> Any:
    """One provider's view of what became of mail."""
    view: Any = type(f"{name.title()}Tracker", (TakesNews, TRACKERS[name]), {"provider": name})
    return view.as_view(webhook_secret=secret)
