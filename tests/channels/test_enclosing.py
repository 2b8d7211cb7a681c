"""Files that agents attach arrive byte for byte, whatever they are, by SMTP and by a provider."""

import json
from base64 import b64decode
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from apps.channels.services.sending import send_reply
from apps.tickets.types import NewAttachment
from tests.make.replies import INTENT, reply
from tests.make.senders import PROVIDERS, Sender
from tests.make.smtp import PostOffice

LATIN_MAIL = (
    b"From: a@b.example\r\nSubject: x\nContent-Type: text/plain; charset=latin-1\r\n"
    b"Content-Transfer-Encoding: 8bit\r\n\r\nGr\xfc\xdfe\r\n.\r\nFrom me\n"
)
PLAIN = "application/octet-stream"

pytestmark = pytest.mark.django_db
each_file = pytest.mark.parametrize(
    ("name", "kind", "data", "arrives"),
    [
        ("x.csv", "text/csv", b"a\nb\r\nc\rd", "text/csv"),
        ("ünï.txt", "text/plain", "\ufeffÜ\r\n\n".encode(), "text/plain"),
        ("long.html", "TEXT/HTML", b"x" * 5000, "text/html"),
        ("old.txt", "text/plain", b"Gr\xfc\xdfe\r\n", PLAIN),
        ("orig.eml", "message/rfc822", LATIN_MAIL, PLAIN),
        ("parts", "multipart/mixed", b"--x\r\n", PLAIN),
        ("empty.txt", "text/plain", b"", "text/plain"),
        ("notes.pdf", "what", b"\0\1", "application/pdf"),
        ("odd", "a/b/c", b"\0\1", PLAIN),
        ("odd", "text/x\r\nBcc: eve@x.example", b"\0\1", PLAIN),
    ],
)


def enclosure(name: str, kind: str, data: bytes) -> NewAttachment:
    return NewAttachment(name=name, content_type=kind, data=data)


def file_of(letter: EmailMessage) -> EmailMessage:
    (file,) = letter.iter_attachments()
    return file


@each_file
def test_a_file_arrives_by_smtp_as_it_was(settings, name, kind, data, arrives):
    written = reply(attachments=(enclosure(name, kind, data),))

    with PostOffice() as office:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", office.port
        send_reply(INTENT, message_id=written.pk)

    file = file_of(office.letters[0])
    assert (file.get_filename(), file.get_content_type()) == (name, arrives)
    assert (file.get_payload(decode=True), file["Content-Transfer-Encoding"]) == (data, "base64")
    assert file.get_content_charset() == ("utf-8" if arrives.startswith("text/") else None)


@each_file
@pytest.mark.filterwarnings("ignore:django-anymail has dropped official support")
def test_a_file_arrives_by_a_provider_as_it_was(settings, name, kind, data, arrives):
    written = reply(attachments=(enclosure(name, kind, data),))
    provider = PROVIDERS["postmark"]

    with Sender(provider.code, provider.yes) as sender:
        settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
        settings.ANYMAIL = {**provider.settings, provider.url: sender.url}
        outcome = send_reply(INTENT, message_id=written.pk)

    (file,) = json.loads(sender.requests[0][2])["Attachments"]
    assert outcome.sent
    assert (file["Name"], b64decode(file["Content"])) == (name, data)
    assert file["ContentType"].partition(";")[0] == arrives


@each_file
def test_a_file_in_the_outbox_is_as_it_was(settings, tmp_path, name, kind, data, arrives):
    settings.EMAIL_BACKEND = "apps.channels.adapters.outbox.OutboxBackend"
    settings.EMAIL_FILE_PATH = tmp_path

    send_reply(INTENT, message_id=reply(attachments=(enclosure(name, kind, data),)).pk)

    (path,) = tmp_path.glob("*.eml")
    letter = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert file_of(letter).get_payload(decode=True) == data
    assert (file_of(letter).get_content_type(), letter["Bcc"]) == (arrives, None)
