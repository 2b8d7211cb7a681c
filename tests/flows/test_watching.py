"""Promises are watched by durable timers; a lead is told once, by mail."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from apps.coordination.models import Run, Step
from apps.escalation.models import Escalation
from apps.flows.stories import watching
from apps.tickets.models import Ticket
from apps.tickets.services.changing import change_priority, change_status
from apps.tickets.services.conversing import write_reply
from tests.make.engine import drain
from tests.make.escalation import targets
from tests.make.passing import time_passes
from tests.make.smtp import PostOffice
from tests.make.tickets import person, team, ticket

pytestmark = pytest.mark.django_db

LONG_AGO = "2020-01-01T00:00:00Z"


@pytest.fixture(autouse=True)
def _targets():
    targets()


@pytest.fixture(autouse=True)
def post(settings):
    """A mail server in a thread, which every mail goes to."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with PostOffice() as office:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", office.port
        yield office


def watching_run() -> Run:
    return Run.objects.filter(flow="watch promises").latest("pk")


def opened(ago: timedelta, **fields) -> Ticket:
    return ticket(at=timezone.now() - ago, **fields)


def time_is_over() -> None:
    """The database's clock has come to where the run waits for."""
    Step.objects.filter(kind="wait", state="started").update(due_at=LONG_AGO)
    Run.objects.filter(state="waiting").update(due_at=LONG_AGO)


def everything_ages(by: timedelta) -> None:
    """The ticket, what was told of it and the timer that runs for it are so much older."""
    Ticket.objects.update(created_at=F("created_at") - by)
    Escalation.objects.update(since=F("since") - by)
    time_passes(by)


def told() -> list[tuple[str, str]]:
    return list(Escalation.objects.order_by("pk").values_list("promise", "level"))


def test_a_new_ticket_is_watched_until_its_first_deadline(post):
    asked = opened(timedelta())

    drain()

    run = watching_run()
    near = asked.created_at + timedelta(hours=8) * 0.8
    assert run.state == "waiting"
    assert abs(run.due_at - near) < timedelta(seconds=5)
    assert (told(), post.letters) == ([], [])


def test_a_late_ticket_is_escalated_once_and_its_lead_told_once(post):
    lead = person("lead")
    late = opened(timedelta(hours=9), team_id=team(lead=lead).pk)

    drain()
    drain()

    late.refresh_from_db()
    (letter,) = post.letters
    assert told() == [("first_response", "past")]
    assert late.priority == 3
    assert letter["To"] == lead.email
    assert letter["Subject"] == f"[{late.pk}] First response past: Where is my parcel?"
    assert Run.objects.get(flow="tell the lead").state == "done"
    assert watching_run().state == "waiting"


def test_near_comes_before_past_when_the_timer_fires_in_time():
    opened(timedelta(hours=7))
    drain()
    assert told() == [("first_response", "near")]

    everything_ages(timedelta(minutes=59))
    drain()
    assert told() == [("first_response", "near")]
    everything_ages(timedelta(minutes=2))
    drain()

    assert told() == [("first_response", "near"), ("first_response", "past")]


def test_a_timer_that_fires_too_early_tells_nobody_and_waits_again():
    opened(timedelta(hours=1))
    drain()

    time_is_over()
    drain()

    assert told() == []
    assert watching_run().state == "waiting"
    assert Step.objects.get(name="escalate 1").output == {"escalation_id": None, "fresh": False}


def test_a_look_of_a_release_that_did_not_say_how_long_there_is_is_followed_by_another():
    asked = opened(timedelta(hours=1))
    drain()
    run = watching_run()
    looked = run.steps.get(name="look 1")
    looked.output.pop("within")
    looked.save()
    run.steps.exclude(pk=looked.pk).delete()

    Run.objects.filter(pk=run.pk).update(state="ready", due_at=LONG_AGO)
    drain()

    near = asked.created_at + timedelta(hours=8) * 0.8
    assert list(run.steps.order_by("position").values_list("name", flat=True)) == [
        *("look 1", "change 1", "escalate 1", "look 2", "change 2"),
    ]
    assert (told(), abs(watching_run().due_at - near) < timedelta(seconds=5)) == ([], True)


def test_an_answer_in_time_moves_the_watch_to_the_solution():
    asked = opened(timedelta(hours=1))
    drain()

    write_reply(ticket_id=asked.pk, text="Soon.", by=person(), key="k1", at=timezone.now())
    drain()

    solution_near = asked.created_at + timedelta(days=3) * 0.8
    assert abs(watching_run().due_at - solution_near) < timedelta(seconds=5)


def test_another_priority_moves_the_deadline():
    asked = opened(timedelta(minutes=25))
    drain()

    change_priority(ticket_id=asked.pk, priority=4, by=person(), at=timezone.now())
    drain()

    assert told() == [("first_response", "near")]


def test_a_solved_ticket_is_watched_no_more_and_a_reopened_one_again():
    asked, ada = opened(timedelta(hours=1)), person()
    drain()

    change_status(ticket_id=asked.pk, status="solved", by=ada, at=timezone.now())
    drain()
    assert watching_run().state == "done"
    change_status(ticket_id=asked.pk, status="open", by=ada, at=timezone.now())
    drain()

    assert Run.objects.filter(flow="watch promises").count() == 2
    assert watching_run().state == "waiting"


def test_after_many_changes_a_fresh_run_takes_over(monkeypatch):
    monkeypatch.setattr(watching, "ROUNDS", 3)
    asked, ada = opened(timedelta(minutes=1)), person()
    drain()

    for priority in (1, 3, 1):
        change_priority(ticket_id=asked.pk, priority=priority, by=ada, at=timezone.now())
    drain()

    states = Run.objects.filter(flow="watch promises").order_by("pk").values_list("state")
    assert [state for (state,) in states] == ["done", "waiting"]


def test_a_mail_server_that_is_away_delays_the_mail_and_not_the_watch(settings):
    person("admin", is_superuser=True)
    settings.EMAIL_PORT = 1
    opened(timedelta(hours=9))

    drain()

    assert told() == [("first_response", "past")]
    assert Run.objects.get(flow="tell the lead").state == "ready"
    assert watching_run().state == "waiting"
