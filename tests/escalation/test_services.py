"""Escalating: once for each promise, only while it holds, with a reason somebody can check."""

from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from apps.coordination.models import Event
from apps.core.errors import NotFound
from apps.escalation.models import Escalation, Target
from apps.escalation.queries import (
    deadline_of,
    escalated_tickets,
    escalations_of,
    promises_of,
)
from apps.escalation.services import check_promises, escalate, look, set_target, write_notice
from apps.escalation.services.targeting import TargetImpossible
from apps.tickets.models import Ticket
from apps.tickets.services.changing import assign_ticket, change_priority, change_status
from apps.tickets.services.conversing import write_reply
from tests.make.escalation import TARGETS, targets
from tests.make.tickets import person, team, ticket

pytestmark = pytest.mark.django_db

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _targets():
    targets()


def hours(number: float) -> datetime:
    return NINE + timedelta(hours=number)


def told() -> list[tuple[str, str]]:
    return list(Escalation.objects.order_by("pk").values_list("promise", "level"))


def escalate_at(late: Ticket, at: datetime, promise="first_response", level="past"):
    return escalate(ticket_id=late.pk, promise=promise, level=level, at=at)


def test_a_new_desk_promises_something_for_each_priority():
    Target.objects.all().delete()

    import_module("apps.escalation.migrations.0002_targets").promise(apps, None)

    found = Target.objects.values_list("priority", "first_response_minutes", "resolution_minutes")
    assert {priority: rest for priority, *rest in found} == {
        priority: list(minutes) for priority, minutes in TARGETS.items()
    }


def test_what_is_past_marks_the_ticket_raises_its_priority_and_says_why():
    late = ticket(at=NINE)

    answer = escalate_at(late, hours(9.5))

    late.refresh_from_db()
    why = (
        "The first response was due at 2026-03-02 17:00 UTC, 1 h 30 min ago (normal: within 8 h)."
    )
    assert answer.fresh
    assert (late.escalated_at, late.priority) == (hours(9.5), 3)
    made = Escalation.objects.get()
    assert (made.why, made.since, made.due_at) == (why, NINE, hours(8))
    assert (made.old_priority, made.new_priority) == (2, 3)
    events = Event.objects.filter(type__in=["TicketEscalated", "PriorityChanged"]).order_by("seq")
    assert list(events.values_list("type", "why")) == [
        ("TicketEscalated", why),
        ("PriorityChanged", why),
    ]


def test_what_is_near_leaves_the_priority():
    late = ticket(at=NINE)

    escalate_at(late, hours(7), level="near")

    late.refresh_from_db()
    assert (late.priority, late.escalated_at) == (2, hours(7))
    assert Escalation.objects.get().why == (
        "The first response is due at 2026-03-02 17:00 UTC, in 1 h (normal: within 8 h)."
    )


def test_nothing_is_more_than_urgent():
    late = ticket(at=NINE, priority=4)

    escalate_at(late, hours(1))

    late.refresh_from_db()
    assert late.priority == 4
    assert not Event.objects.filter(type="PriorityChanged").exists()


def test_the_second_time_nothing_happens():
    late = ticket(at=NINE)
    first = escalate_at(late, hours(9))
    events = Event.objects.count()

    second = escalate_at(late, hours(10))

    assert (second.escalation_id, second.fresh) == (first.escalation_id, False)
    assert Event.objects.count() == events
    assert Ticket.objects.get().priority == 3


@pytest.mark.parametrize(
    ("level", "at"), [("past", 7.9), ("near", 6.3), ("near", 8), ("near", 50), ("bogus", 9)]
)
def test_what_does_not_hold_is_not_told(level, at):
    late = ticket(at=NINE)

    answer = escalate_at(late, hours(at), level=level)

    assert (answer.escalation_id, answer.fresh) == (None, False)
    assert told() == []


def test_an_answered_ticket_is_not_escalated_for_its_answer():
    late = ticket(at=NINE)
    write_reply(ticket_id=late.pk, text="Soon.", by=person(), key="k1", at=hours(1))

    assert not escalate_at(late, hours(9)).fresh
    assert not escalate_at(late, hours(9), promise="bogus").fresh
    assert escalate_at(late, hours(80), promise="resolution").fresh


def test_a_solved_ticket_is_over_and_a_reopened_one_begins_anew():
    late, ada = ticket(at=NINE), person()
    escalate_at(late, hours(73), promise="resolution")
    change_status(ticket_id=late.pk, status="solved", by=ada, at=hours(74))
    assert look(ticket_id=late.pk, at=hours(75)).over
    assert not escalate_at(late, hours(99), promise="resolution").fresh

    change_status(ticket_id=late.pk, status="open", by=ada, at=timezone.now())

    late.refresh_from_db()
    (clock,) = [one for one in promises_of([late])[late.pk] if one.promise == "resolution"]
    assert clock.since == Event.objects.get(type="TicketReopened").at
    assert escalate_at(late, clock.due_at, promise="resolution").fresh
    assert told() == [("resolution", "past")] * 2


def test_looking_says_what_comes_next():
    late = ticket(at=NINE)

    coming = look(ticket_id=late.pk, at=NINE)

    assert (coming.over, coming.promise, coming.level) == (False, "first_response", "near")
    assert coming.at == hours(6.4)
    with pytest.raises(NotFound):
        look(ticket_id=999_999, at=NINE)


def test_without_targets_nothing_is_promised():
    Target.objects.all().delete()
    late = ticket(at=NINE)

    assert look(ticket_id=late.pk, at=hours(999)).at is None
    assert check_promises(at=hours(999)) == 0
    assert promises_of([late]) == {late.pk: []}


def test_another_priority_has_other_deadlines():
    late = ticket(at=NINE)
    change_priority(ticket_id=late.pk, priority=4, at=NINE)
    late.refresh_from_db()

    found = deadline_of(late, at=NINE)

    assert found is not None
    assert (found.level, found.at) == ("near", hours(0.4))


def test_the_belt_escalates_what_the_braces_missed_and_only_that():
    missed, watched, young, solved = (ticket(at=NINE) for _ in range(4))
    escalate_at(watched, hours(9))
    Ticket.objects.filter(pk=young.pk).update(created_at=hours(9))
    change_status(ticket_id=solved.pk, status="solved", by=person(), at=hours(1))

    assert check_promises(at=hours(8) + timedelta(minutes=1)) == 0
    assert check_promises(at=hours(9)) == 1
    assert check_promises(at=hours(9)) == 0

    assert [one.promise for one in escalations_of(missed.pk)] == ["first_response"]
    assert escalations_of(young.pk) == escalations_of(solved.pk) == []


def test_the_belt_sees_a_reopened_ticket_by_its_new_clock():
    late, ada = ticket(at=NINE), person()
    write_reply(ticket_id=late.pk, text="Soon.", by=ada, key="k1", at=hours(1))
    escalate_at(late, hours(80), promise="resolution")
    Ticket.objects.update(priority=2)
    change_status(ticket_id=late.pk, status="solved", by=ada, at=hours(81))
    change_status(ticket_id=late.pk, status="open", by=ada, at=hours(82))
    reopened = Event.objects.get(type="TicketReopened").at

    assert check_promises(at=reopened + timedelta(hours=71)) == 0
    assert check_promises(at=reopened + timedelta(hours=73)) == 1

    assert told() == [("resolution", "past")] * 2


def test_the_belt_and_the_lists_take_a_bounded_number_of_queries(django_assert_num_queries):
    made = [ticket(at=NINE) for _ in range(6)]
    escalate_at(made[0], hours(9))

    with django_assert_num_queries(2):
        check_promises(at=hours(1))
    with django_assert_num_queries(2):
        assert len(promises_of(made)) == 6
    with django_assert_num_queries(1):
        assert list(escalated_tickets()[:10]) == [made[0]]


@pytest.mark.parametrize(
    ("first", "whole", "percent", "complaint"),
    [
        (0, 10, 80, "Write 1 to 527040 minutes."),
        (1, 527_041, 80, "Write 1 to 527040 minutes."),
        (20, 10, 80, "A solution cannot be promised before the first response."),
        (1, 10, 0, "Warn at 1 to 100 per cent of the time."),
    ],
)
def test_an_impossible_target_is_refused(first, whole, percent, complaint):
    with pytest.raises(TargetImpossible, match=complaint):
        set_target(
            priority=2,
            first_response_minutes=first,
            resolution_minutes=whole,
            warn_at_percent=percent,
        )

    assert Target.objects.get(priority=2).first_response_minutes == 480


def notice(late: Ticket):
    escalate_at(late, hours(9))
    return write_notice(ticket_id=late.pk, promise="first_response", level="past")


def test_the_owners_lead_hears_of_it_with_everything_needed(settings):
    settings.SITE_URL, settings.TIME_ZONE = "https://desk.example/", "Europe/Berlin"
    lead, other = person("lead"), person("lead")
    ada = person(first_name="Ada", lead=lead)
    late = ticket(at=NINE, team_id=team("Returns", lead=other).pk, subject="Where is it?")
    assign_ticket(ticket_id=late.pk, to=ada, at=NINE)

    said = notice(late)

    assert said.to == (lead.email,)
    assert said.subject == f"[{late.pk}] First response past: Where is it?"
    assert said.text.splitlines() == [
        "The first response was due at 2026-03-02 17:00 UTC, 1 h ago (normal: within 8 h).",
        "",
        f"Ticket:   {late.pk} Where is it?",
        f"Customer: {late.customer.name}",
        "Owner:    Ada",
        "Team:     Returns",
        "Priority: high",
        "Due:      2026-03-02 18:00 CET",
        "",
        f"https://desk.example/tickets/{late.pk}/",
    ]


def test_without_a_lead_of_the_owner_the_teams_lead_hears_of_it():
    lead, gone = person("lead"), person("lead", is_active=False)
    late = ticket(at=NINE, team_id=team(lead=lead).pk)
    assign_ticket(ticket_id=late.pk, to=person(lead=gone), at=NINE)

    assert notice(late).to == (lead.email,)


def test_without_any_lead_the_administrators_hear_of_it():
    boss = person("admin", is_superuser=True)
    person("admin", is_superuser=True, email="")

    assert notice(ticket(at=NINE)).to == (boss.email,)


def test_with_nobody_to_reach_nobody_is_told():
    assert notice(ticket(at=NINE)).to == ()


def test_there_is_nothing_to_tell_of_what_did_not_happen():
    with pytest.raises(NotFound):
        write_notice(ticket_id=ticket().pk, promise="resolution", level="near")
