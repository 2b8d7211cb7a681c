"""The sample data: made by the real pipeline, once, and whole whatever interrupts it."""

from collections import Counter
from collections.abc import Iterator
from io import StringIO

import pytest
from django.apps import apps
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import ApiKey, User
from apps.channels.models import ReceivedMail
from apps.channels.queries.sums import mail_sums
from apps.coordination.models import Event, Run
from apps.coordination.states import PARKED
from apps.escalation.models import Escalation
from apps.ops.sample.letters import letter
from apps.ops.sample.playing import Play
from apps.ops.sample.rules import RULES
from apps.ops.sample.scripts import every_turn
from apps.ops.sample.seeding import seed
from apps.ops.sample.staff import PASSWORD, STAFF
from apps.review.models import Review
from apps.routing.models import RoutingDecision
from apps.tickets.models import Message, Ticket
from apps.tickets.states import Priority


@pytest.fixture(scope="module")
def desk(django_db_setup, django_db_blocker) -> Iterator[str]:
    """One seeded desk for all tests that only look at it; gives what the command printed."""
    said = StringIO()
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed_demo", stdout=said)
        yield said.getvalue()
        transaction.set_rollback(True)


def everything() -> dict[str, int]:
    """How many rows each table has."""
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def test_every_mail_has_an_outcome_and_the_sums_agree(desk):
    outcomes = set(ReceivedMail.objects.values_list("outcome", flat=True))

    assert outcomes == {"ticket", "reply", "duplicate", "ignored", "quarantined"}
    assert all(day.agrees for day in mail_sums())


def test_the_engine_has_come_to_rest_without_a_dead_letter(desk):
    assert not Run.objects.filter(state__in=[*PARKED, "ready", "running"]).exists()


def test_every_reply_was_sent_and_the_answers_to_it_came_back_to_its_ticket(desk):
    replies = Message.objects.filter(kind="outgoing")
    answers = Message.objects.filter(kind="incoming").exclude(in_reply_to="")

    assert set(replies.values_list("delivery", flat=True)) == {"sent"}
    known = dict(Message.objects.values_list("message_id_header", "ticket_id"))
    assert {answer.ticket_id == known[answer.in_reply_to] for answer in answers} == {True}
    assert len(answers) == 8


def test_tickets_are_routed_with_a_reason_by_rules_that_all_have_their_turn(desk):
    decisions = RoutingDecision.objects.all()
    winners = {name.partition(" (")[0] for one in decisions for name in one.rule_names}

    assert decisions.count() == 40
    assert all(decision.because and decision.team_id for decision in decisions)
    assert winners == {rule["name"] for rule in RULES}


def test_the_odd_ones_wait_for_a_reviewer_and_others_were_decided(desk):
    reviews = Review.objects.values_list("status", flat=True)

    assert Counter(reviews) == {"open": 6, "approved": 7, "corrected": 1, "rejected": 3}
    assert Run.objects.filter(flow="intake", state="waiting").count() == 6


def test_a_complaint_that_nobody_answered_was_escalated_when_its_time_was_over(desk):
    late = Escalation.objects.get(level="past")

    assert late.ticket.subject == "Beschwerde über Ihren Kundendienst"
    assert late.ticket.priority == Priority.URGENT
    assert late.at == late.due_at


def test_nothing_on_a_ticket_happened_before_it_arrived_or_later_than_it_changed(desk):
    for ticket in Ticket.objects.all():
        moments = Event.objects.filter(stream=ticket.stream).values_list("at", flat=True)

        assert ticket.created_at == min(moments)
        assert ticket.updated_at == max(moments)


def test_the_printed_logins_and_the_key_open_the_desk(desk):
    key = ApiKey.objects.get(revoked_at=None)

    assert f"sc_{key.prefix}_" in desk
    for colleague in STAFF:
        assert colleague.username in desk
        user = authenticate(username=colleague.username, password=PASSWORD)
        assert user.has_perm("accounts.use_desk")


def test_the_second_time_nothing_changes_and_no_key_is_shown(desk):
    before, said = everything(), StringIO()

    call_command("seed_demo", stdout=said)

    assert everything() == before
    assert "API key" not in said.getvalue()


def test_a_mail_is_the_same_bytes_each_time():
    turn = next(turn for turn in every_turn() if turn.story == "12-snapped-pole")
    at = timezone.now()

    assert letter(turn, at=at) == letter(turn, at=at)


class Killed(BaseException):
    """What kill -9 looks like from inside: the open transaction is lost."""


@pytest.mark.django_db
def test_stopped_in_the_middle_it_goes_on_and_doubles_nothing(monkeypatch):
    play = Play.play

    def play_and_die(self: Play, turn) -> None:
        if turn.key == "12-snapped-pole.4":
            with transaction.atomic():
                self.reply(turn)
                raise Killed
        play(self, turn)

    with monkeypatch.context() as patch:
        patch.setattr(Play, "play", play_and_die)
        with pytest.raises(Killed):
            seed(at=timezone.now())
    opened = ReceivedMail.objects.earliest("received_at").received_at
    half = ReceivedMail.objects.count()

    seed(at=timezone.now())

    assert ReceivedMail.objects.count() > half
    assert ReceivedMail.objects.filter(outcome="duplicate").count() == 1
    assert ReceivedMail.objects.earliest("received_at").received_at == opened
    assert Message.objects.filter(key="sample:12-snapped-pole.4").count() == 1
    assert ApiKey.objects.filter(revoked_at=None).count() == 1


@pytest.mark.django_db
def test_a_desk_with_others_data_is_left_alone():
    User.objects.create_user("ada")
    before = everything()

    with pytest.raises(CommandError, match="holds accounts that are not sample data"):
        call_command("seed_demo")

    assert everything() == before
    assert not Ticket.objects.exists()
