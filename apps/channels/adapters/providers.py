"""What mail providers post when mail comes in, read and checked by anymail's views."""

import hashlib
import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from anymail.webhooks.base import AnymailBaseWebhookView
from anymail.webhooks.brevo import BrevoTrackingWebhookView
from anymail.webhooks.mailersend import MailerSendInboundWebhookView
from anymail.webhooks.mailgun import MailgunInboundWebhookView
from anymail.webhooks.mailjet import MailjetInboundWebhookView, MailjetTrackingWebhookView
from anymail.webhooks.mandrill import MandrillCombinedWebhookView
from anymail.webhooks.postmark import PostmarkInboundWebhookView, PostmarkTrackingWebhookView
from anymail.webhooks.resend import ResendTrackingWebhookView
from anymail.webhooks.sendgrid import SendGridInboundWebhookView, SendGridTrackingWebhookView
from anymail.webhooks.sparkpost import SparkPostTrackingWebhookView
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from apps.channels.adapters.provider_views import (
    BrevoView,
    MailtrapView,
    PostalView,
    ResendView,
    SesView,
    SparkPostView,
)

SPAM_SCORE = 5.0
"""What SpamAssassin calls spam, where a provider passes on its number alone."""


@dataclass(frozen=True, kw_only=True)
class Provider:
    """One provider: its view, and how that calls the secret by which the provider is known.

    ``key`` is how it calls our key, where the provider tells of a mail and keeps it; ``signs``
    is how it calls its own address, where the provider signs that too.
    """

    view: type[AnymailBaseWebhookView]
    known_by: str = "webhook_secret"
    key: str = ""
    signs: str = ""


PROVIDERS: Mapping[str, Provider] = {
    "brevo": Provider(view=BrevoView, key="api_key"),
    "mailersend": Provider(view=MailerSendInboundWebhookView, known_by="inbound_secret"),
    "mailgun": Provider(view=MailgunInboundWebhookView, known_by="webhook_signing_key"),
    "mailjet": Provider(view=MailjetInboundWebhookView),
    "mailtrap": Provider(view=MailtrapView, key="api_token"),
    "mandrill": Provider(
        view=MandrillCombinedWebhookView, known_by="webhook_key", signs="webhook_url"
    ),
    "postal": Provider(view=PostalView, known_by="webhook_key"),
    "postmark": Provider(view=PostmarkInboundWebhookView),
    "resend": Provider(view=ResendView, key="api_key"),
    "sendgrid": Provider(view=SendGridInboundWebhookView),
    "ses": Provider(view=SesView),
    "sparkpost": Provider(view=SparkPostView),
}

TRACKERS: Mapping[str, type[AnymailBaseWebhookView]] = {
    "brevo": BrevoTrackingWebhookView,
    "mailjet": MailjetTrackingWebhookView,
    "postmark": PostmarkTrackingWebhookView,
    "resend": ResendTrackingWebhookView,
    "sendgrid": SendGridTrackingWebhookView,
    "sparkpost": SparkPostTrackingWebhookView,
}
"""Who tells what became of mail that we sent, each known by user and password."""


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
    raw = getattr(message, "own_bytes", b"") or _own_bytes(said) or _built(message)
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
    for outer, inner in (("msg", "raw_msg"), ("data", "raw")):
        if isinstance(kept := said.get(outer), dict) and kept.get(inner):
            return str(kept[inner]).encode("utf-8", "replace")
    if isinstance(content := said.get("content"), str):
        action = (said.get("receipt") or {}).get("action") or {}
        is_coded = action.get("encoding") == "BASE64"
        return b64decode(content) if is_coded else content.encode("utf-8", "replace")
    return str(said.get("RawEmail") or "").encode("utf-8", "replace")


def _built(message: Any) -> bytes:
    """The mail as it is built of its parts: the same parts always give the same bytes.

    What separates them is told by the parts and our key. Python would choose it anew each time,
    and then a delivery that is repeated would look like another one.
    """
    parts = list(message.walk())
    words = b"\0".join(part.get_payload(decode=True) or b"" for part in parts)
    mark = salted_hmac("channels.boundary", words).hexdigest()
    for number, part in enumerate(parts):
        if part.get_content_maintype() == "multipart" and not part.get_boundary():
            part.set_boundary(f"part{number}-{mark}")
    return bytes(message)


def _recipients(message: Any, said: Any) -> tuple[str, ...]:
    """Whom the envelope names, the first one first."""
    named: list[Any] = [message.envelope_recipient]
    if isinstance(said, dict):
        named += (said.get("receipt") or {}).get("recipients") or []
        handed_to = ((said.get("data") or {}).get("recipients") or {}).get("rcptTo") or []
        named += [each.get("email") for each in handed_to]
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
