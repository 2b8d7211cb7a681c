"""What providers post when mail comes in, as their documentation shows it."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

LOGIN = "desk:a-long-password"
API_KEY = "key-of-the-desk-there"
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


def mailersend(raw: bytes, key: str = KEY) -> dict[str, Any]:
    """MailerSend's request: the body, signed."""
    data = {
        "id": "62a1c0d1f8e7",
        "created_at": "2026-11-02T08:15:00.000000Z",
        "recipients": {"rcptTo": [{"email": "help@desk.example"}]},
        "raw": raw.decode(),
    }
    body = json.dumps({"type": "inbound.message", "data": data}).encode()
    signed = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
    return {"content": body, "headers": {"Signature": signed}}


def mandrill(raw: bytes, url: str, key: str = KEY) -> dict[str, Any]:
    """Mandrill's form, signed together with the address that it is posted to."""
    msg = {"raw_msg": raw.decode(), "email": "help@desk.example", "spam_report": {"score": 0.2}}
    events = json.dumps([{"event": "inbound", "ts": 1793606100, "msg": msg}])
    signed = hmac.new(key.encode(), f"{url}mandrill_events{events}".encode(), hashlib.sha1)
    mark = base64.b64encode(signed.digest()).decode()
    return {"data": {"mandrill_events": events}, "headers": {"X-Mandrill-Signature": mark}}


POSTAL = rsa.generate_private_key(65537, 2048)
POSTAL_KEY = "".join(
    POSTAL.public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .decode()
    .splitlines()[1:-1]
)


def postal(raw: bytes, key: rsa.RSAPrivateKey = POSTAL) -> dict[str, Any]:
    """Postal's request: the body, signed with a key of its own."""
    facts = {"id": 4711, "rcpt_to": "help@desk.example", "mail_from": "ada@example.org"}
    body = json.dumps(facts | {"message": base64.b64encode(raw).decode(), "base64": True})
    signed = key.sign(body.encode(), padding.PKCS1v15(), hashes.SHA1())
    mark = base64.b64encode(signed).decode()
    return {"content": body.encode(), "headers": {"X-Postal-Signature": mark}}


def mailjet() -> dict[str, Any]:
    """Mailjet's body: the mail in parts."""
    return {
        "Sender": "ada@example.org",
        "Recipient": "help@desk.example",
        "Date": "20261102T081500",
        "From": "Ada Lovelace <ada@example.org>",
        "Subject": "Where is my parcel?",
        "Headers": {
            "From": "Ada Lovelace <ada@example.org>",
            "To": "help@desk.example",
            "Subject": "Where is my parcel?",
            "Message-ID": "<parts@example.org>",
        },
        "Parts": [
            {"Headers": {"Content-Type": "text/plain; charset=utf-8"}, "ContentRef": "Text-part"}
        ],
        "Text-part": "Where is my parcel?",
        "SpamAssassinScore": "0.1",
    }


def sparkpost(raw: bytes) -> list[dict[str, Any]]:
    """SparkPost's body: a batch of relayed mails."""
    content = {
        "email_rfc822": base64.b64encode(raw).decode(),
        "email_rfc822_is_base64": True,
        "headers": [],
    }
    relayed = {"content": content, "msg_from": "ada@example.org", "rcpt_to": "help@desk.example"}
    return [{"msys": {"relay_message": relayed | {"protocol": "smtp"}}}]


def brevo() -> dict[str, Any]:
    """Brevo's body; its file lies at Brevo."""
    file = {"Name": "a.txt", "ContentType": "text/plain", "DownloadToken": "file/1"}
    item = {
        "Uuid": ["0a3e9c3b-uuid"],
        "Headers": {
            "From": "Ada Lovelace <ada@example.org>",
            "Subject": "Where is my parcel?",
            "Message-ID": "<parts@example.org>",
            "Delivered-To": "help@desk.example",
        },
        "RawTextBody": "Where is my parcel?",
        "Attachments": [file],
        "SpamScore": 0.1,
    }
    return {"items": [item]}


RESEND = {"type": "email.received", "data": {"email_id": "56761188-7520"}}
MAILTRAP = {
    "events": [
        {"event": "inbound.message_received", "inbox_id": 7, "message_id": "m-1", "event_id": "e"},
        {"event": "inbound.message_received", "inbox_id": 1, "message_id": "sample"},
    ]
}


@contextmanager
def storehouse(raw: bytes) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Where Brevo, Mailtrap and Resend keep mails; yields its address, and who asked for what."""
    asked: list[tuple[str, str]] = []

    class Keeper(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            key = self.headers.get("Authorization") or self.headers.get("api-key") or ""
            asked.append((self.path, key))
            here = f"http://127.0.0.1:{self.server.server_address[1]}/signed/raw"
            told = {
                "/emails/receiving/56761188-7520": {"raw": {"download_url": here}},
                "/inbound/inboxes/7/messages/m-1": {"id": "m-1", "raw_message_url": here},
            }
            known = {"/signed/raw": raw, "/inbound/attachments/file%2F1": b"hello"}
            known |= {path: json.dumps(said).encode() for path, said in told.items()}
            self.send_response(200 if self.path in known else 404)
            self.send_header("Content-Length", str(len(known.get(self.path, b""))))
            self.end_headers()
            self.wfile.write(known.get(self.path, b""))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Keeper) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/", asked
        server.shutdown()
