"""Rules are kept by version; a ticket goes where they say, once, and people have the last word."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from apps.coordination.codec import decode, encode
from apps.coordination.models import Event
from apps.core.errors import NotFound, Stale
from apps.routing.models import RoutingDecision, Rule, RuleVersion
from apps.routing.queries import decisions_of, replay, rules_with
from apps.routing.rules import BadCondition
from apps.routing.services import restore_rule, save_rule
from apps.routing.services.writing import BadRule, RuleNameTaken, draft_of
from apps.routing.types import RoutingOutcome, RuleDraft
from apps.tickets.services.changing import change_priority, change_team, mark_escalated
from tests.make.routing import routed, rule, test_of
from tests.make.tickets import person, team, ticket

pytestmark = pytest.mark.django_db


def save(draft: RuleDraft, **values) -> Rule:
    return save_rule(draft=draft, at=timezone.now(), **values)


def test_a_matching_rule_gives_team_priority_and_tags_and_each_change_says_why():
    returns, asked = team("Returns"), ticket()
    rule(test_of("label", "is", "refund"), name="Money back", team_id=returns.pk, tags=("money",))
    rule(name="Hurry", priority=3)

    outcome = routed(asked, label="refund")

    asked.refresh_from_db()
    assert (asked.team, asked.priority) == (returns, 3)
    assert list(asked.tags.values_list("name", flat=True)) == ["money"]
    assert (outcome.team, outcome.priority, outcome.tags) == ("Returns", 3, ("money",))
    assert outcome.rules == ("Money back (version 1)", "Hurry (version 1)")
    assert list(
        Event.objects.filter(type__in=["TeamChanged", "PriorityChanged", "TagsChanged"])
        .order_by("seq")
        .values_list("type", "why")
    ) == [
        ("TeamChanged", "Rule “Money back” (version 1): label is refund."),
        ("PriorityChanged", "Rule “Hurry” (version 1): it always applies."),
        ("TagsChanged", "Rules: Money back (version 1), Hurry (version 1)."),
    ]


def test_the_second_call_with_a_key_returns_the_first_outcome():
    returns, asked = team("Returns"), ticket()
    rule(team_id=returns.pk)
    first = routed(asked, key="run 1:route")
    Rule.objects.update(is_active=False)
    events = Event.objects.count()

    second = routed(asked, key="run 1:route", label="other")

    assert second == first
    assert RoutingDecision.objects.count() == 1
    assert Event.objects.count() == events


def test_an_outcome_survives_being_remembered_by_a_flow():
    rule(team_id=team().pk, tags=("a", "b"))

    outcome = routed(ticket())

    assert decode(RoutingOutcome, encode(outcome)) == outcome


def test_what_a_person_has_set_stays_and_the_outcome_says_so():
    returns, billing, asked, ada = team("Returns"), team("Billing"), ticket(), person()
    rule(team_id=returns.pk, priority=1, tags=("money",))
    change_team(ticket_id=asked.pk, team_id=billing.pk, by=ada, at=timezone.now())
    change_priority(ticket_id=asked.pk, priority=4, by=ada, at=timezone.now())

    outcome = routed(asked)

    asked.refresh_from_db()
    assert (asked.team, asked.priority) == (billing, 4)
    assert [tag.name for tag in asked.tags.all()] == ["money"]
    assert outcome.kept == (
        "Team “Billing” was set by a person and stays.",
        "Priority urgent was set by a person and stays.",
    )


def test_a_team_that_a_person_took_away_stays_away():
    returns, asked = team("Returns"), ticket(team_id=team("Billing").pk)
    rule(team_id=returns.pk)
    change_team(ticket_id=asked.pk, team_id=None, by=person(), at=timezone.now())

    outcome = routed(asked)

    asked.refresh_from_db()
    assert asked.team is None
    assert outcome.kept == ("Team (none) was set by a person and stays.",)


def test_what_an_earlier_routing_set_may_change():
    returns, billing, asked = team("Returns"), team("Billing"), ticket()
    rule(test_of("label", "is", "refund"), team_id=returns.pk)
    rule(test_of("label", "is", "invoice"), team_id=billing.pk)
    routed(asked, label="refund")

    routed(asked, label="invoice")

    asked.refresh_from_db()
    assert asked.team == billing
    assert [decision.team for decision in decisions_of(asked.pk)] == [billing, returns]


def test_an_escalated_ticket_does_not_lose_its_priority():
    asked = ticket(priority=3)
    mark_escalated(
        ticket_id=asked.pk, promise="resolution", level="past", why="", at=timezone.now()
    )
    rule(priority=1)

    outcome = routed(asked)

    asked.refresh_from_db()
    assert asked.priority == 3
    assert outcome.kept == ("Priority high stays: the ticket was escalated.",)


def test_the_default_team_gets_what_no_rule_names_a_team_for(settings):
    settings.ROUTING_DEFAULT_TEAM = "support"
    support, billing = team("Support", slug="support"), team("Billing")
    new, followed = ticket(), ticket(team_id=billing.pk)

    outcomes = [routed(new), routed(followed)]

    new.refresh_from_db()
    followed.refresh_from_db()
    assert (new.team, followed.team) == (support, billing)
    assert outcomes[0].because == "No rule named a team: the default one."
    assert outcomes[1].kept == ("Team “Billing” stays: no rule named another.",)


def test_the_decision_is_kept_with_what_it_saw_and_nobody_can_change_it():
    rule(test_of("words", "contains_any", ["parcel"]), name="Parcels")
    routed(ticket(), text="my\x00 parcel \ud800", confidence=float("nan"), order_total=9.5)

    record = RoutingDecision.objects.get()

    assert record.facts["text"] == "my parcel ?"
    assert (record.facts["confidence"], record.facts["order_total"]) == (None, 9.5)
    assert record.tried[0]["why"] == (
        "Matched (gave the priority): subject or text contains any of parcel."
    )
    for change in (lambda: RoutingDecision.objects.update(because="x"), record.delete):
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
            change()


def test_routing_takes_a_bounded_number_of_queries(django_assert_max_num_queries):
    for number in range(30):
        rule(test_of("label", "is", f"label {number}"), team_id=team().pk)
    asked = ticket()

    with django_assert_max_num_queries(18):
        routed(asked, label="label 29")


def test_each_save_is_a_version_and_an_earlier_one_can_be_restored():
    ada, grace = person(), person()
    first = save(RuleDraft(name="A", priority=3), by=ada)
    save(RuleDraft(name="B", priority=4, tags=("x",)), rule_id=first.pk, by=grace)

    restored = restore_rule(rule_id=first.pk, version=1, by=ada, at=timezone.now())

    assert (restored.name, restored.version, restored.tags) == ("A", 3, [])
    assert list(
        RuleVersion.objects.order_by("version").values_list("version", "content__name", "by")
    ) == [(1, "A", ada.pk), (2, "B", grace.pk), (3, "A", ada.pk)]


def test_saving_the_same_again_is_no_new_version():
    made = rule(test_of("label", "is", "a"), tags=("x",))

    save(draft_of(made), rule_id=made.pk)

    made.refresh_from_db()
    assert made.version == 1
    assert RuleVersion.objects.count() == 1


def test_a_writer_who_saw_an_older_version_is_refused():
    made = rule(name="A", priority=3)
    save(RuleDraft(name="A", priority=4), rule_id=made.pk, seen_version=1)

    with pytest.raises(Stale):
        save(RuleDraft(name="A", priority=1), rule_id=made.pk, seen_version=1)

    made.refresh_from_db()
    assert (made.priority, made.version) == (4, 2)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"name": " "}, BadRule),
        ({"name": "x" * 81}, BadRule),
        ({"priority": None}, BadRule),
        ({"priority": 9}, BadRule),
        ({"tags": ("a,b",)}, BadRule),
        ({"tags": tuple("abcdefghijk")}, BadRule),
        ({"conditions": {"all": []}}, BadCondition),
        ({"conditions": test_of("customer_tier", "is", "vpi")}, BadCondition),
        ({"conditions": test_of("order_status", "is", "lost")}, BadCondition),
        ({"team_id": 999_999}, NotFound),
        ({"name": "Taken"}, RuleNameTaken),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(fields, error):
    rule(name="Taken")

    with pytest.raises(error):
        save(RuleDraft(**{"name": "A", "priority": 3} | fields))

    assert Rule.objects.count() == RuleVersion.objects.count() == 1


def test_a_draft_is_tried_on_the_latest_tickets_and_changes_nothing():
    returns, billing = team("Returns"), team("Billing")
    old = rule(name="All", team_id=returns.pk, position=50)
    refund, invoice = ticket(), ticket()
    for asked, label in ((refund, "x"), (refund, "refund"), (invoice, "invoice")):
        routed(asked, label=label)
    draft = RuleDraft(
        name="Money", conditions=test_of("label", "is", "refund"), team_id=billing.pk, position=1
    )

    replayed = replay(rules_with(draft, rule_id=None))

    assert {(one.ticket, one.now.team, one.then.team, one.differs) for one in replayed} == {
        (refund, returns.pk, billing.pk, True),
        (invoice, returns.pk, returns.pk, False),
    }
    assert replay(rules_with(RuleDraft(name="All", is_active=False), rule_id=old.pk))[0].differs
    assert list(Rule.objects.all()) == [old]


def test_a_rehearsal_reads_a_bounded_number_of_tickets(django_assert_num_queries):
    at = timezone.now() - timedelta(days=1)
    for _ in range(8):
        routed(ticket(at=at), label="refund")
    draft = rules_with(RuleDraft(name="Money", priority=4), rule_id=None)

    with django_assert_num_queries(3):
        replayed = replay(draft, most=5)

    assert len(replayed) == 5
