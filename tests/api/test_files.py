"""Files over REST: what one is, what is known of it, and who gets it."""

import pytest

from apps.tickets.models import Attachment
from apps.tickets.types import NewAttachment, NewMessage
from tests.make.tickets import ticket

pytestmark = pytest.mark.django_db


def file_of(**fields) -> Attachment:
    values = {"name": "bill.pdf", "content_type": "image/png", "data": b"%PDF-1.4"} | fields
    made = ticket(message=NewMessage(text="Look", attachments=(NewAttachment(**values),)))
    return Attachment.objects.get(message__ticket=made)


def content(caller, file):
    return caller.get(f"tickets/{file.message.ticket_id}/attachments/{file.pk}/")


def test_a_file_says_what_it_is_called_and_what_it_is(caller):
    file = file_of()

    (message,) = caller.get(f"tickets/{file.message.ticket_id}/messages/").json()["results"]

    assert message["attachments"] == [
        {
            "id": file.pk,
            "name": "bill.pdf",
            "content_type": "image/png",
            "found_type": "application/pdf",
            "size": 8,
            "sha256": file.sha256,
            "verdict": "",
            "verdict_note": "",
        }
    ]


@pytest.mark.parametrize(
    ("verdict", "note", "why"),
    [
        ("waiting", "", "It is being checked for viruses. Try again in a moment."),
        ("infected", "Eicar", "It is kept back, for a virus was found in it: Eicar."),
        ("blocked", "It is a program.", "It is kept back. It is a program."),
    ],
)
def test_what_is_kept_back_nobody_gets(caller, verdict, note, why):
    file = file_of()
    Attachment.objects.update(verdict=verdict, verdict_note=note)

    answer = content(caller, file)

    assert (answer.status_code, answer.json()["code"]) == (409, "file_withheld")
    assert answer.json()["detail"] == why


@pytest.mark.parametrize("verdict", ["", "clean", "unreadable"])
def test_all_else_is_a_download(caller, verdict):
    file = file_of(name='a"\r\nX-Evil: 1\u202efdp.txt')
    Attachment.objects.update(verdict=verdict)

    answer = content(caller, file)

    assert b"".join(answer.streaming_content) == b"%PDF-1.4"
    assert answer["Content-Disposition"] == 'attachment; filename="a_ X-Evil_ 1fdp.txt"'
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_what_agents_send_is_theirs(caller):
    made = ticket()
    script = {"name": "fix.js", "content": "YQ=="}

    answer = caller.post(
        f"tickets/{made.pk}/messages/",
        {"kind": "reply", "text": "Run this.", "attachments": [script]},
    )

    assert answer.json()["attachments"][0]["verdict"] == ""
