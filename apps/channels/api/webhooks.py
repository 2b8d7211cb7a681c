"""Providers post mail here: each proves itself, and a 200 comes after the commit."""

import logging
from typing import Any

from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from anymail.signals import EventType
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, RequestDataTooBig
from django.db import Error as DatabaseAway
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.urls import URLPattern, path
from django.utils import timezone

from apps.channels.adapters.providers import PROVIDERS, Handed, handed
from apps.channels.api.bodies import read_whole
from apps.channels.services.delivering import inbox_named
from apps.channels.services.receiving import InboxUnknown, store_mail
from apps.channels.states import Source
from apps.core.errors import Refused, Unavailable

log = logging.getLogger(__name__)

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


class TakesMail:
    """Goes before one of anymail's views: the same path for all, in place of its signals."""

    provider = ""
    webhook_secret: Any = None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Check who posts, read the mails, store them."""
        if self.basic_auth and "Authorization" not in request.headers:  # type: ignore[attr-defined]
            challenge = {"WWW-Authenticate": 'Basic realm="mail"'}
            return problem(401, "Post with the user and password of this webhook.", challenge)
        try:
            read_whole(request, most=settings.API_BODY_LIMIT)
            self.run_validators(request)  # type: ignore[attr-defined]
            events = self.parse_events(request)  # type: ignore[attr-defined]
            mails = [handed(self.provider, each) for each in events if is_mail(each)]
        except AnymailWebhookValidationFailure:
            return problem(403, "This webhook's secret or signature is wrong.")
        except RequestDataTooBig:
            return problem(413, "The mail is larger than the desk takes.")
        except Unavailable as error:
            log.warning("A mail of %s waits there: %s", self.provider, error)
            return come_again()
        except UNREADABLE as error:
            log.warning("A mail of %s cannot be read: %s", self.provider, type(error).__name__)
            return problem(400, "This is no mail as the provider's documentation describes it.")
        return stored(mails)


def stored(mails: list[Handed]) -> HttpResponse:
    """Store each mail, once; while the database is away the provider is to come again."""
    try:
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
    except DatabaseAway as error:
        log.error("A mail cannot be stored: %s", type(error).__name__)  # noqa: TRY400
        return come_again()
    return HttpResponse()


def inbox_of(recipients: tuple[str, ...]) -> str:
    """The inbox of the first recipient that has one; a provider's own address is none of ours."""
    for recipient in recipients:
        try:
            return inbox_named(recipient=recipient)
        except InboxUnknown:
            continue
    return ""


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
    return [
        path(f"inbound/{name}/", webhook(name, secret, keys.get(name, "")), name=f"inbound_{name}")
        for name, secret in secrets.items()
    ]


def webhook(name: str, secret: str, key: str) -> Any:
    """One provider's view."""
    provider = PROVIDERS[name]
    known = {provider.known_by: secret}
    if provider.key:
        known[provider.key] = key
    if provider.signs:
        known[provider.signs] = f"{settings.SITE_URL}/api/v1/inbound/{name}/"
    view: Any = type(f"{name.title()}Webhook", (TakesMail, provider.view), {"provider": name})
    return view.as_view(**known)
