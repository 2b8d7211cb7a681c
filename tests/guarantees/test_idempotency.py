"""Guarantee 7 at the interface: the same request with its key has one result, however it comes."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from apps.coordination.models import Inbox
from apps.tickets.models import Message, Ticket
from tests.api.client import Caller
from tests.make.tickets import customer, ticket

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "4f7c-try"


@pytest.fixture
def caller():
    return Caller()


@pytest.fixture
def asked():
    return {"customer": {"id": customer().pk}, "subject": "Parcel", "text": "Where is it?"}


def test_the_second_request_gets_the_first_answer_and_does_nothing(caller, asked):
    first = caller.post("tickets/", asked, Idempotency_Key=KEY)
    second = caller.post("tickets/", asked, Idempotency_Key=KEY)

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"
    assert (second["ETag"], second["Location"]) == (first["ETag"], first["Location"])
    assert Ticket.objects.count() == 1


def test_of_eight_at_the_same_moment_one_does_the_work(caller, asked):
    gate = Barrier(8)

    def press(_):
        again = Caller(text=caller.text)
        gate.wait()
        try:
            return again.post("tickets/", asked, Idempotency_Key=KEY)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(press, range(8)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer for answer in answers) == 7
    assert Ticket.objects.count() == 1


def test_a_reply_is_written_once_however_often_it_is_sent(caller):
    made = ticket()
    reply = {"kind": "reply", "text": "Tomorrow."}

    answers = [
        caller.post(f"tickets/{made.pk}/messages/", reply, Idempotency_Key=KEY) for _ in range(3)
    ]

    assert len({answer.json()["id"] for answer in answers}) == 1
    assert Message.objects.filter(kind="outgoing").count() == 1


def test_a_reply_is_written_once_though_the_kept_answer_is_gone(caller):
    made = ticket()
    reply = {"kind": "reply", "text": "Tomorrow."}
    path = f"tickets/{made.pk}/messages/"
    first = caller.post(path, reply, Idempotency_Key=KEY)
    Inbox.objects.all().delete()

    second = caller.post(path, reply, Idempotency_Key=KEY)

    assert second.json()["id"] == first.json()["id"]


def test_the_key_with_another_request_is_refused(caller, asked):
    caller.post("tickets/", asked, Idempotency_Key=KEY)

    other_body = caller.post("tickets/", asked | {"text": "Other"}, Idempotency_Key=KEY)
    other_path = caller.post("customers/", asked, Idempotency_Key=KEY)

    assert (other_body.status_code, other_body.json()["code"]) == (422, "key_reused")
    assert other_path.status_code == 422
    assert Ticket.objects.count() == 1


def test_keys_are_each_callers_own(caller, asked):
    first = caller.post("tickets/", asked, Idempotency_Key=KEY)
    second = Caller().post("tickets/", asked, Idempotency_Key=KEY)

    assert first.json()["id"] != second.json()["id"]


def test_a_refusal_leaves_the_key_free(caller, asked):
    refused = caller.post("tickets/", asked | {"subject": ""}, Idempotency_Key=KEY)

    made = caller.post("tickets/", asked, Idempotency_Key=KEY)

    assert (refused.status_code, made.status_code) == (400, 201)
    assert Inbox.objects.count() == 1


def test_a_bug_after_the_work_leaves_neither_work_nor_answer(caller, asked, monkeypatch):
    caller.client.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr("apps.tickets.api.views.shown", lambda *args, **values: 1 / 0)
        assert caller.post("tickets/", asked, Idempotency_Key=KEY).status_code == 500
        assert not Ticket.objects.exists()

    assert caller.post("tickets/", asked, Idempotency_Key=KEY).status_code == 201
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "schlüssel", "a\tb"])
def test_a_key_that_cannot_be_kept_is_refused(caller, asked, key):
    answer = caller.post("tickets/", asked, Idempotency_Key=key)

    assert answer.status_code == 400
    assert not Ticket.objects.exists()
