"""The dead-letter desk: what an operator sees of what stopped."""

import pytest
from django.db import connection
from django.utils import timezone

from apps.coordination.events import publish
from apps.coordination.models import Run
from apps.core.errors import OutcomeUnknown
from apps.ops.queries.letters import GROUPS, sieved
from apps.ops.types import Sieve
from tests.make.accounts import person
from tests.make.engine import drain
from tests.make.parked import asked, parked
from tests.make.stories import NoSuchStreet, ParcelPosted, courier

pytestmark = pytest.mark.django_db

DESK = "/admin/coordination/run/dead-letters/"


@pytest.fixture(autouse=True)
def fresh_courier():
    courier.keys.clear()
    courier.problems.clear()


def stop(problem, to="elm", by="keyed") -> Run:
    courier.problems.append(problem)
    publish(ParcelPosted(to=to, by=by))
    drain()
    return Run.objects.get(serial_key=f"street:{to}")


def text_of(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_dead_letter_shows_cause_payload_traceback_and_what_the_outside_was_told(admin_client):
    run = stop(NoSuchStreet())

    text = text_of(admin_client.get(DESK))

    for shown in (
        "post a parcel",
        "street elm",
        "There is no such street.",
        "no such street",
        "carry: what courier was told",
        f"{run.pk}:carry",
        "<strong>Try 1</strong> failed",
        "&quot;to&quot;: &quot;elm&quot;",
        "Traceback (most recent call last)",
        "1 waits for a decision",
    ):
        assert shown in text


def test_what_is_in_doubt_stands_before_what_stopped(admin_client):
    doubtful = stop(OutcomeUnknown(destination="courier", cause="silence"), to="oak", by="unsafe")
    stopped = stop(NoSuchStreet(), to="yew")

    text = text_of(admin_client.get(DESK))

    assert stopped.pk > doubtful.pk
    assert text.index(f'id="run-{doubtful.pk}"') < text.index(f'id="run-{stopped.pk}"')


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("flow=send", {"send"}),
        ("cause=outage", {"push"}),
        ("destination=crm", {"push"}),
        ("destination=-", {"send"}),
        ("state=in_doubt", {"send"}),
        ("state=dead", {"push"}),
        ("flow=send&destination=crm", set()),
        ("flow=never%00heard", set()),
        ("age=day", set()),
        ("age=eternity", {"send", "push"}),
    ],
)
def test_it_is_filtered_by_flow_destination_cause_state_and_age(admin_client, words, found):
    (push,) = parked(flow="push", error_code="outage")
    asked(push, destination="crm", request={})
    (send,) = parked(flow="send", state="in_doubt", error_code="in_doubt")

    text = text_of(admin_client.get(f"{DESK}?{words}"))

    shown = {run.flow for run in (push, send) if f'id="run-{run.pk}"' in text}
    assert shown == found


def test_a_filter_says_how_many_each_of_its_values_has(admin_client):
    for run in parked(3, flow="push"):
        asked(run, destination="crm", request={})
    parked(2, flow="send")

    text = text_of(admin_client.get(f"{DESK}?destination=crm"))

    assert '<option value="crm" selected>crm (3)</option>' in text
    assert '<option value="-">nobody outside (2)</option>' in text
    assert '<option value="push">push (3)</option>' in text
    assert '<option value="send">' not in text


def test_pages_follow_each_other_and_each_letter_stands_on_one(admin_client):
    everything = {run.pk for run in [*parked(20), *parked(10, flow="send", state="in_doubt")]}

    first = admin_client.get(DESK)
    older = first.context["older"]
    second = admin_client.get(f"{DESK}?{older}")

    pages = [[row.id for row in page.context["rows"]] for page in (first, second)]
    assert [len(page) for page in pages] == [25, 5]
    assert set(pages[0] + pages[1]) == everything
    assert second.context["older"] == ""


@pytest.mark.parametrize("after", ["x", "dead.", "dead.x", "done.5", "dead." + "9" * 40, "%00.1"])
def test_an_odd_place_starts_at_the_top(admin_client, after):
    (run,) = parked()

    assert f'id="run-{run.pk}"' in text_of(admin_client.get(f"{DESK}?after={after}"))


def test_nothing_that_was_stored_is_markup_and_no_secret_is_shown(admin_client):
    evil = "<script>alert(1)</script>\u202e\x07"
    (run,) = parked(error=evil, trace=f"Bearer abcdef123456 {evil}", input={"a": evil})
    asked(run, request={"api_token": "tok-1", "deep": [{"Password": {"x": "y-2"}}]}, error=evil)

    for url in (DESK, f"/admin/coordination/run/{run.pk}/change/"):
        text = text_of(admin_client.get(url))
        assert "<script>alert(1)" not in text
        assert "\u202e" not in text
        assert not [secret for secret in ("tok-1", "y-2", "abcdef123456") if secret in text]


def test_a_payload_of_a_megabyte_is_cut_with_a_note(admin_client):
    (run,) = parked(input={"a": "x" * 1_000_000, "password": "p-3"})

    desk = text_of(admin_client.get(DESK))
    page = text_of(admin_client.get(f"/admin/coordination/run/{run.pk}/change/"))

    assert "1.0 million characters in all; the first 4,000 characters are shown." in desk
    assert "1.0 million characters in all; the first 20,000 characters are shown." in page
    assert len(desk) < 60_000
    assert len(page) < 60_000


def test_where_nothing_waits_it_says_so_kindly(admin_client):
    assert "Nothing waits for you." in text_of(admin_client.get(DESK))
    assert "none waits" in text_of(admin_client.get("/admin/"))


def test_whoever_operates_sees_the_number_everywhere_and_others_see_nothing(client):
    parked(3)
    client.force_login(person(role="lead", is_staff=True))
    assert "<b>3</b>" in text_of(client.get("/admin/coordination/event/"))
    assert "3 wait for a decision" in text_of(client.get("/admin/"))

    client.force_login(person(role="reviewer", is_staff=True))
    assert "Dead letters" not in text_of(client.get("/admin/"))
    assert client.get(DESK).status_code == 403
    assert client.post(f"{DESK}decide/", {"verdict": "again"}).status_code == 403


def test_a_page_asks_the_database_a_fixed_number_of_times(admin_client, django_assert_num_queries):
    for run in parked(25):
        asked(run, request={})
    admin_client.get(DESK)

    # Session, person; the groups; the page, its steps and attempts; the header.
    with django_assert_num_queries(7):
        admin_client.get(DESK)


def plan_of(sql: str, params: object) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}", params)
        return "\n".join(line for (line,) in cursor.fetchall())


def test_finished_runs_do_not_slow_it_however_many_there_are():
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO coordination_run (flow, version, serial_key, lane, key_seq, state, parks,"
            " input, attempts, takeovers, fence, lease_owner, signals, waits_for, wait_match,"
            " error_code, error, trace, trace_id, undoing, finished_at)"
            " SELECT 'post a parcel', 1, 'street:' || n, '', 1, 'done', true, '{}', 0, 0, 1, '',"
            " 0, '{}', '{}', '', '', '', '', false, now() FROM generate_series(1, 5000) n"
        )
        parked(100)
        cursor.execute("ANALYZE coordination_run")
    sieves = (
        Sieve(),
        Sieve(flow="post a parcel"),
        Sieve(cause="x", age="day"),
        Sieve(destination="crm"),
    )

    lists = [sieved(sieve, at=timezone.now())[:26].query.sql_with_params() for sieve in sieves]
    plans = [plan_of(sql, params) for sql, params in lists]
    plans.append(plan_of(GROUPS, {"before": None, "most": 10}))

    assert ["run_parked" in plan for plan in plans] == [True] * 5
    assert not any("Seq Scan on coordination_run" in plan for plan in plans)
