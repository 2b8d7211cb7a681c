"""Asking CRMs: contacts are found, or made once, whatever goes wrong."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep

import pytest
from django.db import connection as database
from werkzeug import Response

from apps.coordination.flows import Intent
from apps.core.errors import OutcomeUnknown
from apps.core.web import AnswerUnreadable, SystemDown, SystemRefuses
from apps.crm.models import Connection, SampleCrmEntry
from apps.crm.services.asking import (
    BeingMade,
    ensure_contact,
    try_connection,
)
from apps.crm.services.sampling import open_sample_crm
from tests.make.crm import TOKEN, rest_connection

pytestmark = pytest.mark.django_db
ADA = {"id": 7, "email": "ADA@home.example", "name": "Ada"}


@pytest.fixture(autouse=True)
def _our_own_machine(settings):
    settings.SUPPORTCOORD_ALLOW_PRIVATE_HOSTS = ["127.0.0.1", "localhost"]


def intent(key="1:crm", attempt=1, timeout=5.0):
    return Intent(key=key, attempt=attempt, timeout=timeout)


def ensure(email="ada@home.example", to="hub", name="Ada", asked=None):
    return ensure_contact(asked or intent(), connection=to, email=email, name=name)


def test_a_contact_the_crm_has_is_found_and_not_made(httpserver):
    rest_connection(httpserver, "hub")
    others = [{"id": 6, "email": "adam@home.example"}, ADA]
    httpserver.expect_request(
        "/contacts", query_string={"email": "ada@home.example"}
    ).respond_with_json({"results": others})

    found = ensure(" Ada@Home.example ")

    assert (found.external_id, found.name) == ("7", "Ada")
    assert [request.method for request, _ in httpserver.log] == ["GET"]


def test_a_contact_the_crm_lacks_is_made_under_the_steps_key(httpserver):
    rest_connection(httpserver, "hub")
    httpserver.expect_request("/contacts", method="GET").respond_with_json({"results": []})
    httpserver.expect_request("/contacts", method="POST").respond_with_json({"contact": ADA})

    made = ensure(name="Ada {email}")

    assert made.external_id == "7"
    asked, _ = httpserver.log[-1]
    assert asked.headers["Idempotency-Key"] == "1:crm"
    assert asked.headers["Authorization"] == f"Bearer {TOKEN}"
    assert asked.json == {
        "email": "ada@home.example",
        "props": {"name": "Ada {email}"},
        "via": "desk",
    }


def test_somebody_without_an_address_has_no_contact(httpserver):
    rest_connection(httpserver, "hub")

    assert ensure(email=" ") is None
    assert httpserver.log == []


def test_a_crm_that_conflicts_is_asked_again_and_then_knows_the_contact(httpserver):
    rest_connection(httpserver, "hub")
    httpserver.expect_oneshot_request("/contacts", method="GET").respond_with_json({})
    httpserver.expect_request("/contacts", method="POST").respond_with_data("taken", status=409)
    httpserver.expect_request("/contacts", method="GET").respond_with_json({"results": [ADA]})

    with pytest.raises(OutcomeUnknown):
        ensure()

    assert ensure().external_id == "7"


@pytest.mark.parametrize(
    ("status", "said"), [(401, SystemRefuses), (404, SystemRefuses), (500, OutcomeUnknown)]
)
def test_a_crm_that_does_not_make_contacts_says_why(httpserver, status, said):
    rest_connection(httpserver, "hub")
    httpserver.expect_request("/contacts", method="GET").respond_with_json({})
    httpserver.expect_request("/contacts", method="POST").respond_with_data(TOKEN, status=status)

    with pytest.raises(said) as error:
        ensure()

    assert "The CRM HUB" in str(error.value)
    assert TOKEN not in str(error.value)


@pytest.mark.parametrize("answer", [{"results": 7}, {"results": [{"id": []}]}, {"results": ["x"]}])
def test_an_answer_that_the_mapping_cannot_read_says_so(httpserver, answer):
    rest_connection(httpserver, "hub")
    httpserver.expect_request("/contacts").respond_with_json(answer)

    with pytest.raises(AnswerUnreadable, match="The CRM HUB gave an answer that cannot be used"):
        ensure()


def test_a_crm_that_is_off_or_unknown_is_not_asked(httpserver):
    rest_connection(httpserver, "hub", is_active=False)

    assert ensure() is None
    assert ensure(to="mars") is None

    assert httpserver.log == []


def test_the_sample_crm_knows_the_sample_people_and_honours_keys():
    open_sample_crm()

    known = ensure("Maya.Lindqvist@mail.example", to="sample")
    made = ensure("new@home.example", to="sample", asked=intent("5:crm"))
    again = ensure("new@home.example", to="sample", asked=intent("6:crm"))

    assert (known.external_id, known.tier) == ("S-101", "vip")
    assert made == again
    assert SampleCrmEntry.objects.count() == 1


def test_trying_a_connection_ends_in_a_sentence(httpserver):
    hub = rest_connection(httpserver, "hub")
    httpserver.expect_oneshot_request("/contacts").respond_with_json({"results": []})
    httpserver.expect_request("/contacts").respond_with_data("", status=503)

    assert try_connection(connection=hub).endswith("and can be searched.")
    with pytest.raises(SystemDown):
        try_connection(connection=hub)


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_make_one_contact(httpserver):
    rest_connection(httpserver, "hub")
    made: list[str] = []

    def search(_):
        sleep(0.2)
        rows = f'[{{"id": "{made[0]}", "email": "ada@home.example"}}]' if made else "[]"
        return Response(f'{{"results": {rows}}}', content_type="application/json")

    def create(request):
        made.append(request.headers["Idempotency-Key"])
        contact = f'{{"id": "{made[0]}", "email": "ada@home.example"}}'
        return Response(f'{{"contact": {contact}}}', content_type="application/json")

    httpserver.expect_request("/contacts", method="GET").respond_with_handler(search)
    httpserver.expect_request("/contacts", method="POST").respond_with_handler(create)
    gate = Barrier(3)

    def run(turn):
        gate.wait()
        try:
            while True:
                try:
                    return ensure(asked=intent(f"{turn}:crm")).external_id
                except BeingMade:
                    sleep(0.05)
        finally:
            database.close()

    with ThreadPoolExecutor(3) as pool:
        found = set(pool.map(run, range(3)))

    assert len(made) == 1
    assert found == {made[0]}
    assert Connection.objects.count() == 1
