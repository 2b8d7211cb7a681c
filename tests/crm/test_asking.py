"""Asking CRMs: contacts found or made once, notes pushed once, whatever goes wrong."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from threading import Barrier
from time import sleep

import pytest
from django.db import connection as database
from django.utils import timezone
from werkzeug import Response

from apps.coordination.events import Event, publish
from apps.coordination.flows import FlowRun, Intent, flow
from apps.coordination.models import Attempt, Run, Step
from apps.coordination.services.operating import run_again
from apps.core.errors import NotFound, OutcomeUnknown
from apps.core.web import AnswerUnreadable, SystemDown, SystemRefuses
from apps.crm.models import Connection, Note, SampleCrmEntry
from apps.crm.services.asking import (
    BeingMade,
    ConnectionOff,
    ensure_contact,
    push_note,
    try_connection,
)
from apps.crm.services.sampling import open_sample_crm
from tests.make.crm import MAPPING, TOKEN, connection, contact, note, rest_connection
from tests.make.engine import drain, only_run

pytestmark = pytest.mark.django_db
ADA = {"id": 7, "email": "ADA@home.example", "name": "Ada"}
SEARCHABLE = MAPPING | {
    "note_search_path": "/contacts/{contact}/notes?ref={reference}",
    "note_search_root": "results",
    "note_reference": "ref",
}


@pytest.fixture(autouse=True)
def _our_own_machine(settings):
    settings.SUPPORTCOORD_ALLOW_PRIVATE_HOSTS = ["127.0.0.1", "localhost"]


def intent(key="1:crm", attempt=1, timeout=5.0):
    return Intent(key=key, attempt=attempt, timeout=timeout)


def ensure(email="ada@home.example", to="hub", name="Ada", asked=None):
    return ensure_contact(asked or intent(), connection=to, email=email, name=name)


@dataclass(frozen=True, kw_only=True)
class NoteWanted(Event):
    note_id: int

    @property
    def stream(self) -> str:
        return f"note:{self.note_id}"


@flow("push a note", version=1, on=NoteWanted)
def push_a_note(run: FlowRun[NoteWanted]) -> None:
    run.call("push", push_note, note_id=run.input.note_id)


def the_run():
    return only_run(flow="push a note")


def again():
    """Let the waiting run go on now."""
    Run.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    drain()


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

    with pytest.raises(ConnectionOff):
        ensure()
    with pytest.raises(NotFound):
        ensure(to="mars")


def test_a_note_is_pushed_and_its_id_kept(httpserver):
    rest_connection(httpserver, "hub")
    waiting = note(contact(external_id="a/7"), about="ticket:42")
    httpserver.expect_request("/contacts/a%2F7/notes").respond_with_json({"note": {"id": 5}})
    httpserver.expect_request("/contacts/a/7/notes").respond_with_json({"note": {"id": 5}})

    assert push_note(intent("3:note"), note_id=waiting.pk) == "5"
    assert push_note(intent("4:note"), note_id=waiting.pk) == "5"

    waiting.refresh_from_db()
    assert (waiting.state, waiting.external_id) == ("pushed", "5")
    ((asked, _),) = httpserver.log
    assert asked.json == {"text": "Parcel lost.", "ref": "ticket:42/created"}
    assert asked.headers["Idempotency-Key"] == "3:note"


def test_a_note_without_an_id_of_its_own_goes_by_its_reference(httpserver):
    rest_connection(httpserver, "hub")
    waiting = note(contact(external_id="7"), about="ticket:42")
    httpserver.expect_request("/contacts/7/notes").respond_with_data("", status=201)

    assert push_note(intent(), note_id=waiting.pk) == "ticket:42/created"


def test_a_note_that_was_applied_before_the_answer_was_lost_is_there_once(httpserver):
    rest_connection(httpserver, "hub")
    waiting = note(contact(external_id="7"))
    kept: dict[str, str] = {}

    def honour_keys(request):
        first = request.headers["Idempotency-Key"] not in kept
        kept.setdefault(request.headers["Idempotency-Key"], f"N-{len(kept)}")
        if first:
            sleep(1.2)
        return Response(
            '{"note": {"id": "' + kept[request.headers["Idempotency-Key"]] + '"}}',
            content_type="application/json",
        )

    httpserver.expect_request("/contacts/7/notes").respond_with_handler(honour_keys)
    with pytest.raises(OutcomeUnknown):
        push_note(intent("9:note", timeout=0.6), note_id=waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, "did not answer" in waiting.error) == ("pending", True)

    assert push_note(intent("9:note", attempt=2), note_id=waiting.pk) == "N-0"

    assert kept == {"9:note": "N-0"}
    waiting.refresh_from_db()
    assert (waiting.state, waiting.error) == ("pushed", "")


def test_from_the_second_attempt_on_the_crm_is_asked_for_the_note_first(httpserver):
    rest_connection(httpserver, "hub", mapping=SEARCHABLE)
    waiting = note(contact(external_id="7"), about="ticket:42")
    rows = [{"id": 1, "ref": "ticket:4/created"}, {"id": 2, "ref": "ticket:42/created"}]
    httpserver.expect_request("/contacts/7/notes", method="GET").respond_with_json(
        {"results": rows}
    )

    assert push_note(intent(attempt=2), note_id=waiting.pk) == "2"

    assert [request.method for request, _ in httpserver.log] == ["GET"]


def test_a_flow_pushes_a_note_through_an_outage_under_one_key(httpserver):
    rest_connection(httpserver, "hub")
    waiting = note(contact(external_id="7"))
    httpserver.expect_oneshot_request("/contacts/7/notes").respond_with_data("oh", status=503)
    httpserver.expect_request("/contacts/7/notes").respond_with_json({"note": {"id": 5}})
    publish(NoteWanted(note_id=waiting.pk))

    drain()
    assert the_run().state == "ready"
    again()

    assert the_run().state == "done"
    assert Step.objects.get().output == "5"
    keys = [request.headers["Idempotency-Key"] for request, _ in httpserver.log]
    assert keys == [f"{the_run().pk}:push"] * 2
    assert list(Attempt.objects.values_list("outcome", flat=True)) == ["started", "done"]


def test_a_refused_note_waits_for_a_person_and_can_be_tried_again(httpserver):
    rest_connection(httpserver, "hub")
    waiting = note(contact(external_id="7"))
    httpserver.expect_oneshot_request("/contacts/7/notes").respond_with_data("no", status=422)
    httpserver.expect_request("/contacts/7/notes").respond_with_json({"note": {"id": 5}})
    publish(NoteWanted(note_id=waiting.pk))

    drain()
    waiting.refresh_from_db()
    assert (the_run().state, waiting.state) == ("dead", "refused")
    assert waiting.error == "The CRM HUB refuses: it answered 422. no"
    run_again(run_id=the_run().pk, by="user:1", why="The CRM was mended.")
    drain()

    assert (the_run().state, Note.objects.get().state) == ("done", "pushed")


def test_a_contact_that_is_gone_from_the_crm_is_told(httpserver):
    rest_connection(httpserver, "hub")
    waiting = note(contact(external_id="7"))
    httpserver.expect_request("/contacts/7/notes").respond_with_data("no", status=404)

    with pytest.raises(SystemRefuses, match="it knows no contact 7"):
        push_note(intent(), note_id=waiting.pk)


def test_no_token_is_kept_with_runs_and_attempts(httpserver):
    rest_connection(httpserver, "hub")
    waiting = note(contact(external_id="7"))
    httpserver.expect_request("/contacts/7/notes").respond_with_data(TOKEN, status=500)
    publish(NoteWanted(note_id=waiting.pk))

    drain()

    written = [*Attempt.objects.values(), *Run.objects.values(), *Note.objects.values()]
    assert TOKEN not in str(written)


def test_the_sample_crm_knows_the_sample_people_and_honours_keys():
    open_sample_crm()

    known = ensure("Maya.Lindqvist@mail.example", to="sample")
    made = ensure("new@home.example", to="sample", asked=intent("5:crm"))
    again = ensure("new@home.example", to="sample", asked=intent("6:crm"))

    assert (known.external_id, known.tier) == ("S-101", "vip")
    assert made == again
    assert SampleCrmEntry.objects.count() == 1


def test_the_sample_crm_keeps_a_note_once_for_each_key():
    waiting = note()
    first = push_note(intent("7:note"), note_id=waiting.pk)
    Note.objects.update(state="pending", external_id="")

    assert push_note(intent("7:note", attempt=2), note_id=waiting.pk) == first
    assert SampleCrmEntry.objects.filter(kind="note").count() == 1


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


def test_a_connection_made_for_the_tests_is_the_sample_crm():
    assert connection("hub").adapter == "sample"
