"""Replies and notes over REST."""

from datetime import UTC, datetime

import pytest

from apps.customers.models import Identity
from apps.tickets.models import Message
from apps.tickets.services.changing import change_status
from tests.api.client import Caller
from tests.make.mails import inbox
from tests.make.tickets import ticket

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_a_reply_is_queued_and_the_ticket_waits_for_the_customer(caller):
    made = ticket()

    answer = caller.post(f"tickets/{made.pk}/messages/", {"kind": "reply", "text": "Tomorrow."})

    body = answer.json()
    assert answer.status_code == 201
    assert (body["kind"], body["text"], body["delivery"]) == ("outgoing", "Tomorrow.", "queued")
    assert (body["to"], body["is_automatic"]) == (made.customer.email, False)
    made.refresh_from_db()
    assert made.status == "pending"


def test_a_reply_may_solve_the_ticket(caller):
    made = ticket()
    reply = {"kind": "reply", "text": "It is there.", "status": "solved"}

    caller.post(f"tickets/{made.pk}/messages/", reply)

    made.refresh_from_db()
    assert made.status == "solved"


def test_a_solved_ticket_stays_solved(caller):
    made = ticket()
    change_status(ticket_id=made.pk, status="solved", at=NOW)

    answer = caller.post(f"tickets/{made.pk}/messages/", {"kind": "reply", "text": "And thanks."})

    made.refresh_from_db()
    assert (answer.status_code, made.status) == (201, "solved")


def test_a_note_stays_inside(caller):
    made = ticket()

    answer = caller.post(f"tickets/{made.pk}/messages/", {"kind": "note", "text": "He is cross."})

    body = answer.json()
    assert (body["kind"], body["delivery"], body["to"]) == ("note", "", "")
    made.refresh_from_db()
    assert made.status == "new"


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"kind": "shout", "text": "x"},
        {"kind": "reply", "text": "  \n "},
        {"kind": "reply", "text": "x" * 200_001},
        {"kind": "note", "text": "x", "status": "open"},
        {"kind": "note", "text": "x", "attachments": [{"name": "a", "content": "aGk="}]},
    ],
)
def test_what_cannot_be_sent_is_refused_and_nothing_is_written(caller, wrong):
    made = ticket()

    assert caller.post(f"tickets/{made.pk}/messages/", wrong).status_code == 400
    assert made.messages.count() == 1


def test_a_closed_ticket_takes_no_reply(caller):
    made = ticket()
    change_status(ticket_id=made.pk, status="closed", at=NOW)

    answer = caller.post(f"tickets/{made.pk}/messages/", {"kind": "reply", "text": "Hello?"})

    assert (answer.status_code, answer.json()["code"]) == (409, "ticket_closed")


def test_a_customer_without_an_address_cannot_be_replied_to(caller):
    made = ticket()
    Identity.objects.all().delete()

    answer = caller.post(f"tickets/{made.pk}/messages/", {"kind": "reply", "text": "Hello?"})

    assert (answer.status_code, answer.json()["code"]) == (409, "no_address")
    assert not Message.objects.filter(kind="outgoing").exists()


def test_a_reply_to_what_was_changed_meanwhile_is_refused(caller):
    made = ticket()
    caller.post(f"tickets/{made.pk}/messages/", {"kind": "note", "text": "Mine."})

    answer = caller.post(
        f"tickets/{made.pk}/messages/", {"kind": "reply", "text": "Late."}, If_Match='"1"'
    )

    assert (answer.status_code, answer["ETag"]) == (412, '"2"')


def test_messages_come_in_order_with_a_fixed_number_of_queries(caller, django_assert_num_queries):
    made = ticket(text="One")
    for text in ("Two", "Three"):
        caller.post(f"tickets/{made.pk}/messages/", {"kind": "note", "text": text})

    with django_assert_num_queries(4):
        answer = caller.get(f"tickets/{made.pk}/messages/")

    assert [row["text"] for row in answer.json()["results"]] == ["One", "Two", "Three"]


def test_one_message_is_shown_whole(caller):
    made = ticket(text="One")
    first = made.messages.get()

    body = caller.get(f"tickets/{made.pk}/messages/{first.pk}/").json()

    assert (body["text"], body["html"], body["author"]) == ("One", "", None)
    assert caller.get(f"tickets/{ticket().pk}/messages/{first.pk}/").status_code == 404


def test_an_unknown_ticket_has_no_messages(caller):
    for path in ("messages/", "timeline/", "messages/1/", "attachments/1/"):
        assert caller.get(f"tickets/4711/{path}").status_code == 404
    note = {"kind": "note", "text": "x"}
    assert caller.post("tickets/4711/messages/", note).status_code == 404


def test_reading_does_not_open_writing(stranger):
    made = ticket()
    note = {"kind": "note", "text": "x"}

    assert Caller("tickets:read").post(f"tickets/{made.pk}/messages/", note).status_code == 403
    assert stranger.post(f"tickets/{made.pk}/messages/", note).status_code == 401


def test_a_reply_names_who_gets_a_copy_and_what_it_quotes(caller):
    made = ticket()
    first = made.messages.get()
    asked = {
        "kind": "reply",
        "text": "Tomorrow.",
        "cc": ["boss@x.example"],
        "bcc": ["audit@x.example"],
        "quotes": first.pk,
    }

    body = caller.post(f"tickets/{made.pk}/messages/", asked).json()

    whole = caller.get(f"tickets/{made.pk}/messages/{body['id']}/").json()
    assert (whole["cc"], whole["bcc"]) == ("boss@x.example", "audit@x.example")
    assert (whole["quotes"], whole["hold_until"]) == (first.pk, None)


def test_a_copy_for_nobody_and_a_note_with_copies_are_refused(caller):
    made = ticket()

    for asked in (
        {"kind": "reply", "cc": ["nobody"]},
        {"kind": "note", "cc": ["a@x.example"]},
        {"kind": "reply", "quotes": 0},
    ):
        answer = caller.post(f"tickets/{made.pk}/messages/", asked | {"text": "Hm."})
        assert answer.status_code == 400

    assert made.messages.count() == 1


@pytest.mark.parametrize("way", ["cc", "bcc"])
def test_a_copy_to_an_inbox_of_the_desk_is_refused_in_words(caller, way):
    inbox("sales@desk.example")
    made = ticket()
    asked = {"kind": "reply", "text": "Hm.", way: ["sales@desk.example"]}

    answer = caller.post(f"tickets/{made.pk}/messages/", asked)

    assert answer.status_code == 409
    assert "sales@desk.example is an address of this desk" in answer.json()["detail"]
    assert made.messages.count() == 1
