"""Spam and followers over REST: shown, found, changed, and refused in words."""

import pytest

from apps.coordination.models import Event
from apps.tickets.models import Ticket
from tests.api.client import Caller
from tests.make.mails import inbox
from tests.make.tickets import ticket

pytestmark = pytest.mark.django_db


def ids(answer) -> list[int]:
    return [row["id"] for row in answer.json()["results"]]


def test_a_ticket_says_whether_it_is_spam_and_who_follows_it(caller):
    made = ticket(is_spam=True)
    made.followers.create(address="boss@b.example", name="Boss")

    body = caller.get(f"tickets/{made.pk}/").json()

    assert body["is_spam"] is True
    assert body["followers"] == [{"address": "boss@b.example", "name": "Boss"}]


def test_spam_is_found_by_saying_so(caller):
    junk, fine = ticket(is_spam=True), ticket()

    assert ids(caller.get("tickets/?is_spam=true")) == [junk.pk]
    assert ids(caller.get("tickets/?is_spam=false")) == [fine.pk]
    assert ids(caller.get("tickets/")) == [fine.pk, junk.pk]


def test_a_program_marks_spam_and_clears_it(caller):
    made = ticket()

    marked = caller.patch(f"tickets/{made.pk}/", {"is_spam": True, "why": "Watches."})
    cleared = caller.patch(f"tickets/{made.pk}/", {"is_spam": False})

    assert (marked.json()["is_spam"], cleared.json()["is_spam"]) == (True, False)
    assert cleared["ETag"] == '"3"'
    first, second = Event.objects.filter(type="SpamChanged").order_by("seq")
    assert (first.why, first.payload["new"], second.payload["new"]) == ("Watches.", True, False)


def test_followers_are_set_as_they_are_named(caller):
    made = ticket()
    made.followers.create(address="old@b.example")

    named = {"followers": ["Boss@b.example", "boss@B.example", "eve@e.example"]}
    answer = caller.patch(f"tickets/{made.pk}/", named)
    nobody = caller.patch(f"tickets/{made.pk}/", {"followers": []})

    shown = [row["address"] for row in answer.json()["followers"]]
    assert shown == ["boss@b.example", "eve@e.example"]
    assert nobody.json()["followers"] == []


def test_another_inbox_of_the_desk_does_not_follow(caller):
    inbox("sales@desk.example")
    made = ticket()

    answer = caller.patch(f"tickets/{made.pk}/", {"followers": ["sales+1@desk.example"]})

    assert answer.status_code == 409
    assert "sales+1@desk.example is an address of this desk" in answer.json()["detail"]
    assert not made.followers.exists()


@pytest.mark.parametrize(
    ("followers", "status", "said"),
    [
        (["nobody"], 400, "Enter a valid email address."),
        (["help@desk.example"], 409, "is an address of this desk"),
        (["help+1@desk.example"], 409, "is an address of this desk"),
        (["reply+1.aaaaaaaaaaaaaaaa@desk.example"], 409, "is an address of this desk"),
        ([f"a{number}@x.example" for number in range(21)], 400, "no more than 20"),
        ("boss@b.example", 400, "list"),
    ],
)
def test_where_no_copy_can_go_is_said_and_nothing_changes(caller, followers, status, said):
    made = ticket(inbox_address="help@desk.example")

    answer = caller.patch(f"tickets/{made.pk}/", {"followers": followers, "priority": "high"})

    assert (answer.status_code, said in answer.content.decode()) == (status, True)
    made.refresh_from_db()
    assert (made.version, made.priority) == (1, 2)


def test_a_key_that_may_only_read_changes_neither():
    made = ticket()
    reader = Caller("tickets:read")

    for change in ({"is_spam": True}, {"followers": ["boss@b.example"]}):
        assert reader.patch(f"tickets/{made.pk}/", change).status_code == 403

    assert Ticket.objects.get().version == 1


def test_whoever_saw_an_older_ticket_is_told(caller):
    made = ticket()
    caller.patch(f"tickets/{made.pk}/", {"is_spam": True})

    answer = caller.patch(f"tickets/{made.pk}/", {"is_spam": False}, If_Match='"1"')

    assert answer.status_code == 412
    assert Ticket.objects.get().is_spam
