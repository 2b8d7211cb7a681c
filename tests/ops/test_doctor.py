"""The doctor: each trouble is made to happen, and told in one sentence with what to do."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models.functions import Now

from apps.coordination import ledger
from apps.coordination.hints import valkey
from apps.coordination.models import Breaker, Heartbeat, Run
from apps.coordination.services.breaking import record_failure
from apps.coordination.services.sweeping import sweep
from apps.triage.models import ModelVersion
from tests.make.doctor import ago, findings, healthy_desk, only_finding, parked, posted, said
from tests.make.engine import drain
from tests.make.servers import closed_port

pytestmark = pytest.mark.django_db
WORKER = "`manage.py serve worker`"
COORDINATOR = "`manage.py serve coordinator`"


@pytest.fixture(autouse=True)
def desk():
    healthy_desk()


@pytest.fixture
def no_broker(settings):
    valkey.cache_clear()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    yield
    valkey.cache_clear()


def test_a_healthy_desk_is_well():
    posted()
    drain()

    assert findings() == []
    assert said()[0] == "All is well."


def test_what_needs_a_person_makes_the_command_fail():
    parked()

    with pytest.raises(CommandError, match=r"^1 thing needs a person.$") as refused:
        said()

    assert refused.value.returncode == 1


def test_what_heals_by_itself_is_told_and_fails_nothing():
    for _ in range(6):
        record_failure("courier", "No answer.")

    lines = said()

    assert lines[0].startswith("- “courier” is left alone for 30 s more")
    assert lines[2] == "Nothing needs a person."


def test_machines_read_the_findings_with_all_facts():
    run = parked()
    text = io.StringIO()

    with pytest.raises(CommandError):
        call_command("doctor", "--json", stdout=text)

    told = json.loads(text.getvalue())
    assert told["well"] is False
    assert [found["name"] for found in told["findings"]] == ["dead"]
    assert told["facts"]["work"]["parked"][0]["oldest"] == run.pk


def test_a_broker_that_is_away_is_named(no_broker):
    found = only_finding("broker_away")

    assert found.wrong == "Valkey does not answer: what comes in is kept, and work stands still."
    assert found.cure == "Start Valkey, or correct REDIS_URL; nothing is lost meanwhile."


def test_wake_ups_that_are_switched_off_are_noticed(settings):
    settings.COORDINATION_HINTS = False
    posted()
    Run.objects.update(signalled_at=ago(60))

    found = only_finding("hints_off")

    assert sweep() == 0
    assert found.wrong == "SUPPORTCOORD_HINTS is 0: processes that are set so wake no worker."
    assert found.cure == (
        "Take the setting away, for the coordinator at least: work stands without it."
    )


def test_a_desk_without_any_coordinator_hears_of_it():
    Heartbeat.objects.all().delete()

    found = only_finding("no_coordinator")

    assert found.wrong == (
        "No coordinator has ever swept: timers, retries and lost wake-ups wait."
    )
    assert found.cure == f"Start {COORDINATOR}, or look in its log."


def test_a_coordinator_that_fell_silent_is_named_with_how_long():
    Heartbeat.objects.update(at=ago(200))

    assert only_finding("no_coordinator").wrong == (
        "No coordinator has swept for 3 min: timers, retries and lost wake-ups wait."
    )


def test_a_run_signalled_again_and_again_with_no_worker_there():
    run = posted(late=45, signals=4)
    posted("oak", late=20)

    found = only_finding("nobody_works")

    assert found.wrong == (
        f"Run {run.pk} (post a parcel, street:elm) could have gone on for 45 s and nobody took "
        f"it, though it was signalled 4 times; so could 1 other."
    )
    assert found.cure == f"Start {WORKER}, or look in its log why it takes none."


def test_a_run_that_waits_while_workers_work_wants_more_of_them():
    posted(late=45)
    ledger.claim(posted("oak").pk, owner="somebody")

    assert only_finding("nobody_works").cure == (
        f"Workers are busy: start more of {WORKER}, or raise WORKER_CONCURRENCY."
    )


def test_a_run_that_waits_without_a_coordinator_wants_one():
    Heartbeat.objects.all().delete()
    posted(late=45)

    told = {found.name: found.cure for found in findings()}

    assert told["nobody_works"] == (
        f"Start {COORDINATOR}: nobody repeats the wake-ups that were lost."
    )


def test_a_run_that_waits_without_a_broker_wants_that_first(no_broker):
    posted(late=45)

    told = {found.name: found.cure for found in findings()}

    assert told["nobody_works"] == "Bring Valkey back: workers hear of work through it."


def test_a_run_whose_worker_fell_silent_names_the_worker():
    run = posted()
    ledger.claim(run.pk, owner="host:123")
    Run.objects.update(lease_until=ago(40), due_at=ago(40))

    assert only_finding("nobody_works").wrong == (
        f"Run {run.pk} (post a parcel, street:elm) was in the hands of host:123, whose lease ran "
        f"out 40 s ago, and nobody took it over."
    )


def test_a_destination_that_is_left_alone_is_named_with_its_last_error():
    for _ in range(7):
        record_failure("courier", "No answer from  them.")
    Breaker.objects.update(changed_at=ago(8))

    found = only_finding("breaker_open")

    assert found.wrong == (
        "“courier” is left alone for 30 s more: it failed 7 times in a row, the last time 8 s "
        "ago: No answer from them."
    )
    assert found.cure == "It is probed every 30 s by itself; see to it if this does not end."
    assert found.urgent is False


def test_a_destination_that_was_probed_in_vain_for_minutes_needs_a_person():
    for _ in range(20):
        record_failure("courier", "No answer.")
    Breaker.objects.update(open_until=ago(1))

    found = only_finding("breaker_open")

    assert found.wrong.startswith("“courier” is left alone until the next run probes it:")
    assert found.urgent is True


def test_wake_ups_that_nobody_takes_pile_up():
    valkey().rpush("celery", *["hint"] * 2001)
    try:
        found = only_finding("backlog")
        assert sweep() == 0
    finally:
        valkey().delete("celery")

    assert found.wrong == (
        "2001 wake-ups lie in Valkey; the coordinator adds none while there are more than 2000."
    )
    assert found.cure == f"Start more of {WORKER}, or raise WORKER_CONCURRENCY."


def test_runs_that_should_have_been_forgotten_are_noticed(settings):
    settings.RUNS_KEPT_DAYS = 30
    posted(state="cancelled", finished_at=Now() - timedelta(days=33))

    found = only_finding("nothing_forgotten")

    assert found.wrong == "Runs that ended 33 days ago are kept; RUNS_KEPT_DAYS is 30."
    assert found.cure == (
        "Run `manage.py forget_runs`; the worker's log says why it was not done hourly."
    )
    call_command("forget_runs", stdout=io.StringIO())
    assert findings() == []


def test_a_desk_without_a_model_is_told_to_train_one():
    ModelVersion.objects.all().delete()

    found = only_finding("no_model")

    assert found.wrong == (
        "No model of the classifier is live, so a person must look at every message."
    )
    assert found.cure == "Run `manage.py train_model`."


def test_a_scanner_that_is_not_there_is_noticed_because_files_wait(settings):
    settings.CLAMD_URL = f"tcp://127.0.0.1:{closed_port()}"

    found = only_finding("scanner_away")

    assert found.wrong == (
        "The virus scanner does not answer: [Errno 111] Connection refused. "
        "Nobody gets a file before it is checked."
    )
    assert found.cure == "Start clamd, or correct CLAMD_URL; files that wait are checked then."
