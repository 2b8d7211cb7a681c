"""What providers post when mail comes in, as their documentation shows it."""

import base64
import hashlib
import hmac
import json
from typing import Any

LOGIN = "desk:a-long-password"
KEY = "a-long-signing-key"


def basic(login: str = LOGIN) -> dict[str, str]:
    """The header of user and password."""
    return {"Authorization": f"Basic {base64.b64encode(login.encode()).decode()}"}


def postmark(raw: bytes | None = None, **more: Any) -> dict[str, Any]:
    """Postmark's body; without ``raw`` its parts alone."""
    body = {
        "FromName": "Ada Lovelace",
        "From": "ada@example.org",
        "FromFull": {"Email": "ada@example.org", "Name": "Ada Lovelace", "MailboxHash": ""},
        "ToFull": [{"Email": "help@desk.example", "Name": "", "MailboxHash": ""}],
        "OriginalRecipient": "help@desk.example",
        "Subject": "Where is my parcel?",
        "MessageID": "73e6d360-66eb-11e1-8e72-a8904824019b",
        "Date": "Mon, 2 Nov 2026 09:15:00 +0100",
        "TextBody": "Where is my parcel?",
        "HtmlBody": "",
        "Headers": [{"Name": "Message-ID", "Value": "<parts@example.org>"}],
        "Attachments": [],
    }
    return body | ({"RawEmail": raw.decode()} if raw else {}) | more


def mailgun(raw: bytes, key: str = KEY) -> dict[str, str]:
    """The fields of Mailgun's form, signed."""
    timestamp, token = "1793606100", "d0c1" * 12
    signed = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {
        "recipient": "help@desk.example",
        "sender": "ada@example.org",
        "body-mime": raw.decode(),
        "timestamp": timestamp,
        "token": token,
        "signature": signed,
    }


def sendgrid(raw: bytes, score: str = "0.1") -> dict[str, str]:
    """The fields of SendGrid's form with the raw mail."""
    envelope = {"to": ["help@desk.example"], "from": "ada@example.org"}
    return {"email": raw.decode(), "envelope": json.dumps(envelope), "spam_score": score}


def ses(raw: bytes, **receipt: Any) -> dict[str, Any]:
    """A notification of SNS about a mail that SES received."""
    said = {
        "notificationType": "Received",
        "mail": {
            "timestamp": "2026-11-02T08:15:00.000Z",
            "source": "ada@example.org",
            "messageId": "o3vrnil0e2ic28trm7dfhrc2v0clambda4nbp0g1",
            "destination": ["help@desk.example"],
        },
        "receipt": {
            "recipients": ["help@desk.example"],
            "spamVerdict": {"status": "PASS"},
            "virusVerdict": {"status": "PASS"},
            "action": {"type": "SNS", "encoding": "BASE64"},
        }
        | receipt,
        "content": base64.b64encode(raw).decode(),
    }
    return {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": "arn:aws:sns:eu-west-1:123456789012:mail",
        "Message": json.dumps(said),
        "Timestamp": "2026-11-02T08:15:00.000Z",
    }


def sns_headers(body: dict[str, Any]) -> dict[str, str]:
    """What SNS says in its headers."""
    return {
        "X-Amz-Sns-Message-Type": body["Type"],
        "X-Amz-Sns-Message-Id": body["MessageId"],
        "Content-Type": "text/plain; charset=UTF-8",
    }
