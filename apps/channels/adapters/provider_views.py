"""anymail's views, where they fetch something: by the guarded way out, and never elsewhere."""

import json
import re
from base64 import b64decode
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode, urljoin

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.inbound import AnymailInboundMessage
from anymail.signals import AnymailInboundEvent, EventType
from anymail.webhooks.amazon_ses import AmazonSESBaseWebhookView, AmazonSESInboundWebhookView
from anymail.webhooks.brevo import BrevoInboundWebhookView
from anymail.webhooks.mailtrap import MailtrapInboundWebhookView
from anymail.webhooks.postal import PostalInboundWebhookView
from anymail.webhooks.resend import ResendInboundWebhookView
from anymail.webhooks.sparkpost import SparkPostInboundWebhookView

from apps.channels.adapters import fetching

TOPIC = re.compile(r"arn:aws(-cn|-us-gov)?:sns:([a-z0-9-]{1,30}):[0-9]{12}:[\w.-]{1,256}")


class NotFetched(AnymailWebhookValidationFailure):  # type: ignore[misc]
    """The mail lies elsewhere; nothing is fetched from an address that a request names."""


class SesView(AmazonSESInboundWebhookView):  # type: ignore[misc]
    """Amazon SES by SNS with the mail's content in it. It fetches no mail."""

    def __init__(self, **kwargs: Any) -> None:
        self.auto_confirm_enabled = True
        super(AmazonSESBaseWebhookView, self).__init__(**kwargs)

    def fetch_s3_chunks(self, bucket_name: str, object_key: str) -> Iterator[bytes]:
        """Refuse: the receipt rule must put the content into the notification."""
        raise NotFetched("Set the SES receipt rule to an SNS action; S3 is not read.")

    def auto_confirm_sns_subscription(self, message: dict[str, Any]) -> None:
        """Confirm it to Amazon itself, at an address that is put together here."""
        fetching.fetched(confirmation_address(message), {})


def confirmation_address(message: dict[str, Any]) -> str:
    """Where a subscription of SNS is confirmed. Raises NotFetched for what is no topic."""
    topic, token = str(message.get("TopicArn")), str(message.get("Token"))
    found = TOPIC.fullmatch(topic)
    if not found:
        raise NotFetched("This is no topic of Amazon SNS.")
    end = ".cn" if found[1] == "-cn" else ""
    asked = urlencode({"Action": "ConfirmSubscription", "TopicArn": topic, "Token": token})
    return f"https://sns.{found[2]}.amazonaws.com{end}/?{asked}"


def as_it_came(raw: bytes) -> Any:
    """A message that remembers its own bytes."""
    message: Any = AnymailInboundMessage.parse_raw_mime_bytes(raw)
    message.own_bytes = raw
    return message


class PostalView(PostalInboundWebhookView):  # type: ignore[misc]
    """Postal, whose mails need not be UTF-8."""

    def parse_events(self, request: Any) -> list[Any]:
        """The one mail of a request."""
        said = json.loads(request.body)
        text = said["message"]
        raw = b64decode(text) if said.get("base64") is True else text.encode("utf-8", "replace")
        message = as_it_came(raw)
        message.envelope_recipient = said.get("rcpt_to")
        facts = {"event_id": said.get("id"), "esp_event": said, "message": message}
        return [AnymailInboundEvent(event_type=EventType.INBOUND, **facts)]


class SparkPostView(SparkPostInboundWebhookView):  # type: ignore[misc]
    """SparkPost, whose mails need not be UTF-8."""

    def esp_to_anymail_event(self, event_class: str, event: Any, raw_event: Any) -> Any:
        """One relayed mail; none for what it sends to try the address, or news of sent ones."""
        if event_class != "relay_message":
            return None
        content = event["content"]
        text = content["email_rfc822"]
        is_coded = content.get("email_rfc822_is_base64")
        message = as_it_came(b64decode(text) if is_coded else text.encode("utf-8", "replace"))
        message.envelope_recipient = event.get("rcpt_to")
        facts = {"esp_event": raw_event, "message": message, "event_id": None}
        return AnymailInboundEvent(event_type=EventType.INBOUND, **facts)


class BrevoView(BrevoInboundWebhookView):  # type: ignore[misc]
    """Brevo, which keeps files apart from their mail."""

    api_key = None

    def _fetch_attachment(self, attachment: dict[str, Any]) -> Any:
        token = quote(attachment["DownloadToken"], safe="")
        address = urljoin(self.api_url, f"inbound/attachments/{token}")
        return AnymailInboundMessage.construct_attachment(
            content_type=attachment.get("ContentType") or "application/octet-stream",
            content=fetching.fetched(address, {"api-key": str(self.api_key)}),
            filename=attachment.get("Name"),
            content_id=attachment.get("ContentID"),
        )


class ResendView(ResendInboundWebhookView):  # type: ignore[misc]
    """Resend, which tells of a mail and keeps it."""

    api_key = None

    def _fetch_inbound_email(self, email_id: str) -> Any:
        address = urljoin(self.api_url, f"emails/receiving/{quote(email_id, safe='')}")
        key = {"Authorization": f"Bearer {self.api_key}"}
        said = json.loads(fetching.fetched(address, key))
        # Resend has signed this address, and it takes no key.
        return as_it_came(fetching.fetched(said["raw"]["download_url"], {}))


class MailtrapView(MailtrapInboundWebhookView):  # type: ignore[misc]
    """Mailtrap, which tells of a mail and keeps it."""

    def esp_to_anymail_event(self, esp_event: Any) -> Any:
        """The mail with its own bytes; None for the sample that it sends to try the address."""
        event = super().esp_to_anymail_event(esp_event)
        if event:
            event.message = as_it_came(self.raw)
        return event

    def fetch_inbound_message(self, inbox_id: int, message_id: str) -> Any:
        """What Mailtrap knows of a mail, its address among it."""
        path = f"inbound/inboxes/{quote(str(inbox_id), safe='')}/messages"
        address = urljoin(self.api_url, f"{path}/{quote(message_id, safe='')}")
        key = {"Authorization": f"Bearer {self.api_token}"}
        return json.loads(fetching.fetched(address, key))

    def fetch_raw_message_chunks(self, raw_message_url: str) -> Iterator[bytes]:
        """The mail, from the address that Mailtrap has signed."""
        self.raw = fetching.fetched(raw_message_url, {})
        yield self.raw
