"""What mail providers post when mail comes in, read and checked by anymail's views."""

import hashlib
import json
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.webhooks.amazon_ses import AmazonSESBaseWebhookView, AmazonSESInboundWebhookView
from anymail.webhooks.base import AnymailBaseWebhookView
from anymail.webhooks.mailgun import MailgunInboundWebhookView
from anymail.webhooks.mailjet import MailjetInboundWebhookView
from anymail.webhooks.postmark import PostmarkInboundWebhookView
from anymail.webhooks.sendgrid import SendGridInboundWebhookView
from anymail.webhooks.sparkpost import SparkPostInboundWebhookView
from django.http import HttpRequest

SPAM_SCORE = 5.0
"""What SpamAssassin calls spam, where a provider passes on its number alone."""


class NotFetched(AnymailWebhookValidationFailure):  # type: ignore[misc]
    """The mail lies elsewhere; nothing is fetched from an address that a request names."""


class SesView(AmazonSESInboundWebhookView):  # type: ignore[misc]
    """Amazon SES by SNS with the mail's content in it. It fetches nothing and confirms nothing."""

    def __init__(self, **kwargs: Any) -> None:
        self.auto_confirm_enabled = False
        super(AmazonSESBaseWebhookView, self).__init__(**kwargs)

    def fetch_s3_chunks(self, bucket_name: str, object_key: str) -> Iterator[bytes]:
        """Refuse: the receipt rule must put the content into the notification."""
        raise NotFetched("Set the SES receipt rule to an SNS action; S3 is not read.")


@dataclass(frozen=True, kw_only=True)
class Provider:
    """One provider: its view, and the name of the secret by which it is known."""

    view: type[AnymailBaseWebhookView]
    known_by: str = "webhook_secret"


PROVIDERS: Mapping[str, Provider] = {
    "mailgun": Provider(view=MailgunInboundWebhookView, known_by="webhook_signing_key"),
    "mailjet": Provider(view=MailjetInboundWebhookView),
    "postmark": Provider(view=PostmarkInboundWebhookView),
    "sendgrid": Provider(view=SendGridInboundWebhookView),
    "ses": Provider(view=SesView),
    "sparkpost": Provider(view=SparkPostInboundWebhookView),
}


@dataclass(frozen=True, kw_only=True)
class Handed:
    """A mail as a provider handed it over."""

    raw: bytes
    origin: str
    recipients: tuple[str, ...]
    spam: str


def handed(provider: str, event: Any) -> Handed:
    """One mail of a request. Its bytes are the mail's own where the provider passes them on."""
    message, said = event.message, event.esp_event
    raw = _own_bytes(said) or bytes(message)
    identifier = str(event.event_id or hashlib.sha256(raw).hexdigest())
    if len(identifier) > 200 or not identifier.isprintable():
        identifier = hashlib.sha256(identifier.encode("utf-8", "replace")).hexdigest()
    return Handed(
        raw=raw,
        origin=f"esp:{provider}:{identifier}",
        recipients=_recipients(message, said),
        spam=_spam(provider, message, said),
    )


def _own_bytes(said: Any) -> bytes:
    """The mail as it came, if that is what was posted."""
    if isinstance(said, HttpRequest):
        text = said.POST.get("body-mime") or said.POST.get("email") or ""
        return text.encode("utf-8", "replace")
    if not isinstance(said, dict):
        return b""
    if isinstance(content := said.get("content"), str):
        action = (said.get("receipt") or {}).get("action") or {}
        is_coded = action.get("encoding") == "BASE64"
        return b64decode(content) if is_coded else content.encode("utf-8", "replace")
    return str(said.get("RawEmail") or "").encode("utf-8", "replace")


def _recipients(message: Any, said: Any) -> tuple[str, ...]:
    """Whom the envelope names, the first one first."""
    named: list[Any] = [message.envelope_recipient]
    if isinstance(said, dict):
        named += (said.get("receipt") or {}).get("recipients") or []
    elif "envelope" in said.POST:
        named += json.loads(said.POST["envelope"]).get("to") or []
    return tuple(dict.fromkeys(str(address) for address in named if address))


def _spam(provider: str, message: Any, said: Any) -> str:
    """Why the provider calls it spam; empty when it does not."""
    virus = (said.get("receipt") or {}).get("virusVerdict") if isinstance(said, dict) else None
    if virus and virus.get("status") == "FAIL":
        return f"{provider} found a virus in it."
    score = message.spam_score
    if message.spam_detected or (message.spam_detected is None and (score or 0) >= SPAM_SCORE):
        return f"{provider} calls it spam{'' if score is None else f', with a score of {score}'}."
    return ""
