"""Notes reach their CRM once, whatever goes wrong on the way."""

from dataclasses import dataclass
from datetime import timedelta
from time import sleep

import pytest
from django.utils import timezone
from werkzeug import Response

from apps.coordination.events import Event, publish
from apps.coordination.flows import FlowRun, Intent, flow
from apps.coordination.models import Attempt, Run, Step
from apps.coordination.services.operating import run_again
from apps.core.errors import OutcomeUnknown
from apps.core.web import SystemRefuses
from apps.crm.models import Connection, Note, SampleCrmEntry
from apps.crm.services.asking import (
    push_note,
)
from tests.make.crm import MAPPING, TOKEN, contact, note, rest_connection
from tests.make.engine import drain, only_run

pytestmark = pytest.mark.django_db
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


@dataclass(frozen=True, kw_only=True)
class NoteLies(Event):
    note_id: int

    @property
    def stream(self) -> str:
        return f"note:{self.note_id}"


@flow("push a note", version=1, on=NoteLies)
def push_a_note(run: FlowRun[NoteLies]) -> None:
    run.call("push", push_note, connection="hub", note_id=run.input.note_id)


def the_run():
    return only_run(flow="push a note")


def again():
    """Let the waiting run go on now."""
    Run.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    drain()


def test_a_note_is_pushed_and_its_id_kept(httpserver):
    rest_connection(httpserver, "hub")
    waiting = note(contact(external_id="a/7"), about="ticket:42")
    httpserver.expect_request("/contacts/a%2F7/notes").respond_with_json({"note": {"id": 5}})
    httpserver.expect_request("/contacts/a/7/notes").respond_with_json({"note": {"id": 5}})

    assert push_note(intent("3:note"), connection="hub", note_id=waiting.pk) == "5"
    assert push_note(intent("4:note"), connection="hub", note_id=waiting.pk) == "5"

    waiting.refresh_from_db()
    assert (waiting.state, waiting.external_id) == ("pushed", "5")
    ((asked, _),) = httpserver.log
    assert asked.json == {"text": "Parcel lost.", "ref": "ticket:42/created"}
    assert asked.headers["Idempotency-Key"] == "3:note"


def test_a_note_without_an_id_of_its_own_goes_by_its_reference(httpserver):
    rest_connection(httpserver, "hub")
    waiting = note(contact(external_id="7"), about="ticket:42")
    httpserver.expect_request("/contacts/7/notes").respond_with_data("", status=201)

    assert push_note(intent(), connection="hub", note_id=waiting.pk) == "ticket:42/created"


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
        push_note(intent("9:note", timeout=0.6), connection="hub", note_id=waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, "did not answer" in waiting.error) == ("pending", True)

    assert push_note(intent("9:note", attempt=2), connection="hub", note_id=waiting.pk) == "N-0"

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

    assert push_note(intent(attempt=2), connection="hub", note_id=waiting.pk) == "2"

    assert [request.method for request, _ in httpserver.log] == ["GET"]


def test_a_flow_pushes_a_note_through_an_outage_under_one_key(httpserver):
    rest_connection(httpserver, "hub")
    waiting = note(contact(external_id="7"))
    httpserver.expect_oneshot_request("/contacts/7/notes").respond_with_data("oh", status=503)
    httpserver.expect_request("/contacts/7/notes").respond_with_json({"note": {"id": 5}})
    publish(NoteLies(note_id=waiting.pk))

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
    publish(NoteLies(note_id=waiting.pk))

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
        push_note(intent(), connection="hub", note_id=waiting.pk)


def test_no_token_is_kept_with_runs_and_attempts(httpserver):
    rest_connection(httpserver, "hub")
    waiting = note(contact(external_id="7"))
    httpserver.expect_request("/contacts/7/notes").respond_with_data(TOKEN, status=500)
    publish(NoteLies(note_id=waiting.pk))

    drain()

    written = [*Attempt.objects.values(), *Run.objects.values(), *Note.objects.values()]
    assert TOKEN not in str(written)


def test_a_note_for_a_crm_that_was_switched_off_meanwhile_is_not_pushed(httpserver):
    rest_connection(httpserver, "hub")
    waiting = note(contact(external_id="7"))
    Connection.objects.update(is_active=False)
    publish(NoteLies(note_id=waiting.pk))

    drain()

    waiting.refresh_from_db()
    assert (the_run().state, Step.objects.get().output) == ("done", "")
    assert (waiting.state, waiting.error) == ("refused", "The CRM HUB is switched off here.")
    assert httpserver.log == []


def test_the_sample_crm_keeps_a_note_once_for_each_key():
    waiting = note()
    first = push_note(intent("7:note"), connection="hub", note_id=waiting.pk)
    Note.objects.update(state="pending", external_id="")

    assert push_note(intent("7:note", attempt=2), connection="hub", note_id=waiting.pk) == first
    assert SampleCrmEntry.objects.filter(kind="note").count() == 1
