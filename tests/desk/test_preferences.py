"""What people set for themselves."""

import pytest
from django.test import Client

from tests.make.tickets import person

pytestmark = pytest.mark.django_db


def test_the_page_shows_what_is_set_and_keeps_what_is_sent(desk, ada):
    shown = desk.get("/preferences/").content.decode()

    answer = desk.post("/preferences/", {"undo_seconds": "30", "signature": "Ada\n"})

    ada.refresh_from_db()
    assert 'value="15"' in shown
    assert answer.url == "/"
    assert (ada.undo_seconds, ada.signature) == (30, "Ada")
    assert "Your preferences are kept." in desk.get("/").content.decode()


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"undo_seconds": "61"}, "A reply waits for 60 seconds at most."),
        ({"undo_seconds": "-1"}, "0 sends at once."),
        ({"undo_seconds": "soon"}, "Write a whole number of seconds."),
        ({"undo_seconds": ""}, "Say how many seconds"),
        ({"undo_seconds": "5", "signature": "x" * 2001}, "2000 characters at most"),
    ],
)
def test_what_cannot_be_kept_is_told_and_changes_nothing(desk, ada, sent, told):
    answer = desk.post("/preferences/", sent)

    ada.refresh_from_db()
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert (ada.undo_seconds, ada.signature) == (15, "")


def test_everybody_sets_only_their_own(desk, ada):
    other = person()

    desk.post("/preferences/", {"undo_seconds": "0", "user": other.pk, "user_id": other.pk})

    other.refresh_from_db()
    ada.refresh_from_db()
    assert (ada.undo_seconds, other.undo_seconds) == (0, 15)
    assert Client().post("/preferences/", {"undo_seconds": "1"}).status_code == 302


def test_a_signature_is_only_text(desk, ada):
    ada.signature = "</textarea><script>alert(1)</script>"
    ada.save()

    assert "<script>alert" not in desk.get("/preferences/").content.decode()
