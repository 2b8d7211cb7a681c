"""Providers post mail here: each proves itself, and a 200 comes after the commit."""

import logging
from typing import Any

from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import Error as DatabaseAway
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils import timezone

from apps.channels.adapters.providers import PROVIDERS, Handed, handed
from apps.channels.services.delivering import inbox_named
from apps.channels.services.receiving import InboxUnknown, store_mail
from apps.channels.states import Source
from apps.core.text import one_line

log = logging.getLogger(__name__)

UNREADABLE = (AnymailError, LookupError, ValueError, TypeError, AttributeError)


class TakesMail:
    """Goes before one of anymail's views: the same path for all, in place of its signals."""

    provider = ""
    webhook_secret: Any = None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Check who posts, read the mails, store them."""
        if too_large(request):
            return problem(413, "The mail is larger than the desk takes.")
        if self.basic_auth and "Authorization" not in request.headers:  # type: ignore[attr-defined]
            challenge = {"WWW-Authenticate": 'Basic realm="mail"'}
            return problem(401, "Post with the user and password of this webhook.", challenge)
        try:
            self.run_validators(request)  # type: ignore[attr-defined]
            mails = [handed(self.provider, event) for event in self.parse_events(request)]  # type: ignore[attr-defined]
        except AnymailWebhookValidationFailure:
            return problem(403, "This webhook's secret or signature is wrong.")
        except RequestDataTooBig:
            return problem(413, "The mail is larger than the desk takes.")
        except UNREADABLE as error:
            log.warning("A mail of %s cannot be read: %s", self.provider, type(error).__name__)
            return problem(400, "This is no mail as the provider's documentation describes it.")
        return stored(mails)

    def auto_confirm_sns_subscription(self, message: dict[str, Any]) -> None:
        """Leave it to a person: whoever posts here names the address to be fetched."""
        topic, token = message.get("TopicArn"), message.get("Token")
        log.warning(
            "Confirm in Amazon SNS that topic %s posts here; its token is %s",
            one_line(str(topic), 200),
            one_line(str(token), 400),
        )


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
        again = {"Retry-After": "60"}
        return problem(503, "The mail cannot be stored at the moment; try again later.", again)
    return HttpResponse()


def inbox_of(recipients: tuple[str, ...]) -> str:
    """The inbox of the first recipient that has one; a provider's own address is none of ours."""
    for recipient in recipients:
        try:
            return inbox_named(recipient=recipient)
        except InboxUnknown:
            continue
    return ""


def too_large(request: HttpRequest) -> bool:
    """Whether a body is larger than a mail in base64 with all that stands around it."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return not length.isdecimal() or int(length) > settings.API_BODY_LIMIT


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> HttpResponse:
    """One sentence to whoever set the webhook up."""
    return JsonResponse(
        {"status": status, "detail": detail},
        status=status,
        headers=headers,
        content_type="application/problem+json",
    )


def webhooks(secrets: dict[str, str]) -> list[URLPattern]:
    """The addresses of the providers that have a secret here; no others exist."""
    return [
        path(f"inbound/{name}/", webhook(name, secret), name=f"inbound_{name}")
        for name, secret in secrets.items()
    ]


def webhook(name: str, secret: str) -> Any:
    """One provider's view."""
    provider = PROVIDERS[name]
    view: Any = type(f"{name.title()}Webhook", (TakesMail, provider.view), {"provider": name})
    return view.as_view(**{provider.known_by: secret})
