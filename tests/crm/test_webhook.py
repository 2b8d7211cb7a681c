"""A CRM tells of changed contacts: signed, taken in once, passed on to the customer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.core.cache import cache
from django.db import connection as database
from django.test import Client

from apps.coordination.models import Event, Inbox
from apps.crm.models import Connection, Contact
from apps.customers.models import Customer
from tests.make.crm import SECRET, connection, contact, deliver
from tests.make.tickets import customer

pytestmark = pytest.mark.django_db
ADA = {"id": "7", "email": "ada@home.example", "name": "Ada L.", "company": "Engines"}
OTHER_SECRET = "whsec_" + "QUJD" * 8


@pytest.fixture(autouse=True)
def ada(request):
    cache.clear()
    connection("hub")
    return customer("ada@home.example", name="ada")


def outcome(answer):
    assert answer.status_code == 200, answer.content
    return answer.json()["outcome"]


def changes():
    return Event.objects.filter(type="ContactChanged").count()


def test_a_change_reaches_contact_and_customer(ada):
    assert outcome(deliver(ADA | {"tier": "vip"})) == "updated"

    ada.refresh_from_db()
    assert (ada.name, ada.company, ada.tier) == ("Ada L.", "Engines", "vip")
    assert Contact.objects.get().customer == ada
    assert Event.objects.get(type="ContactChanged").stream == f"customer:{ada.pk}"


def test_a_delivery_that_comes_again_is_answered_and_not_done_again(ada):
    deliver(ADA)
    Customer.objects.filter(pk=ada.pk).update(name="Ada King")

    assert outcome(deliver(ADA)) == "updated"

    assert Customer.objects.get(pk=ada.pk).name == "Ada King"
    assert changes() == 1
    assert Inbox.objects.filter(source="crm:hub").count() == 1


def test_another_delivery_of_the_same_facts_changes_nothing():
    deliver(ADA)

    assert outcome(deliver(ADA, delivery="msg_2")) == "unchanged"

    assert changes() == 1


def test_a_delivery_id_used_for_something_else_is_refused():
    deliver(ADA)

    answer = deliver(ADA | {"name": "Eve"})

    assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
    assert Contact.objects.get().name == "Ada L."


def test_a_contact_we_know_is_known_by_its_id_whatever_its_address(ada):
    contact(external_id="7")

    assert outcome(deliver({"id": "7", "email": "new@home.example"})) == "updated"

    assert Contact.objects.get().email == "new@home.example"


def test_a_contact_of_nobody_we_know_is_ignored():
    assert outcome(deliver({"id": "8", "email": "eve@home.example"})) == "ignored"

    assert not Contact.objects.exists()


@pytest.mark.parametrize("kind", ["deal.updated", "contact.deleted", "ping"])
def test_other_events_are_ignored(kind):
    body = f'{{"type": "{kind}", "data": {{"id": "7", "email": "ada@home.example"}}}}'

    assert outcome(deliver(body.encode())) == "ignored"

    assert not Contact.objects.exists()


def test_a_change_older_than_what_we_have_is_left_aside(ada):
    deliver(ADA | {"updated_at": "2026-11-22T12:00:00Z"})

    late = deliver(ADA | {"name": "a", "updated_at": "2026-11-22T11:00:00Z"}, delivery="msg_2")

    assert outcome(late) == "unchanged"
    ada.refresh_from_db()
    assert ada.name == "Ada L."


def test_a_wrong_signature_is_refused_and_changes_nothing():
    answer = deliver(ADA, secret=OTHER_SECRET)

    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert not Contact.objects.exists()
    assert not Inbox.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"webhook_signature": ""},
        {"webhook_signature": "v1"},
        {"webhook_signature": "v1,not base64!"},
        {"webhook_signature": "v1,é"},
        {"webhook_signature": "v2,AAAA v1,AAAA"},
        {"webhook_timestamp": "soon"},
        {"webhook_timestamp": "1e999"},
        {"webhook_timestamp": ""},
        {"webhook_id": ""},
        {"webhook_id": "msg_2"},
        {"webhook_id": "x" * 300},
    ],
)
def test_a_header_that_was_tampered_with_is_refused(headers):
    assert deliver(ADA, **headers).status_code == 401


def test_a_delivery_signed_long_ago_is_refused():
    then = datetime.now(tz=UTC) - timedelta(minutes=6)

    assert deliver(ADA, at=then).status_code == 401


def test_a_body_that_was_tampered_with_is_refused():
    signed = deliver(ADA).wsgi_request.headers
    sent = {name: value for name, value in signed.items() if name.startswith("Webhook-")}

    answer = Client().post("/api/v1/crm/hub/webhook/", b"{}", "application/json", headers=sent)

    assert answer.status_code == 401


def test_nobody_signs_for_a_connection_without_a_secret():
    Connection.objects.update(webhook_secret="")

    assert deliver(ADA).status_code == 401


def test_a_secret_that_cannot_be_opened_is_our_trouble_and_not_the_senders(settings):
    settings.SUPPORTCOORD_ENCRYPTION_KEYS = ["another key, that opens nothing here"]

    answer = deliver(ADA)

    assert answer.status_code == 503
    assert "SUPPORTCOORD" not in answer.content.decode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        b'{"type": {}}',
        b'{"data": null}',
        b'{"data": {}}',
        b'{"data": {"id": []}}',
        b'{"data": {"id": "7", "updated_at": "soon"}}',
        b"[" * 50_000,
    ],
)
def test_a_signed_body_that_makes_no_sense_is_a_bad_request_and_may_be_sent_again(body):
    answer = deliver(body)

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert not Inbox.objects.exists()


def test_a_huge_body_is_refused():
    assert deliver(b'"' + b"x" * 300_000 + b'"').status_code == 413
    assert deliver(b'"' + b"x" * 3_000_000 + b'"').status_code == 413


def test_an_unknown_connection_and_one_that_is_off_are_told():
    connection("old", is_active=False)

    assert deliver(ADA, to="mars").status_code == 404
    assert deliver(ADA, to="old").status_code == 409
    assert deliver(ADA, to="old", secret=OTHER_SECRET).status_code == 401


def test_text_that_a_page_could_run_is_kept_as_text(ada):
    deliver(ADA | {"name": "<script>\x00alert(1)</script>"})

    ada.refresh_from_db()
    assert ada.name == "<script>alert(1)</script>"


def test_reading_needs_another_method(client):
    assert client.get("/api/v1/crm/hub/webhook/").status_code == 405


@pytest.mark.django_db(transaction=True)
def test_a_delivery_sent_many_times_at_once_is_done_once():
    gate = Barrier(5)

    def send(_):
        gate.wait()
        try:
            return deliver(ADA).status_code
        finally:
            database.close()

    with ThreadPoolExecutor(5) as pool:
        statuses = list(pool.map(send, range(5)))

    assert statuses == [200] * 5
    assert changes() == 1
    assert SECRET not in str(list(Inbox.objects.values()))
