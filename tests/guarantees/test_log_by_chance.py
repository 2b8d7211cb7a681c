"""Whatever is done to tickets, in any order: their logs replayed give them again."""

from collections import Counter

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from apps.coordination.events import acting
from apps.core.errors import DomainError
from apps.tickets.checking import compared, logs_of
from apps.tickets.models import Message, Ticket
from apps.tickets.rules import ACTIONS
from apps.tickets.services.acknowledging import acknowledge_ticket
from apps.tickets.services.changing import (
    add_tags,
    assign_ticket,
    change_priority,
    change_status,
    change_team,
    mark_escalated,
    mention_order,
    set_tags,
    settle_label,
)
from apps.tickets.services.composing import edit_ticket, open_ticket_for
from apps.tickets.services.conversing import receive_message, write_note, write_reply
from apps.tickets.services.delivering import change_delivery
from apps.tickets.services.following import follow, unfollow
from apps.tickets.services.reporting import take_report
from apps.tickets.services.spam import clear_spam, mark_spam
from apps.tickets.services.withdrawing import withdraw_reply
from apps.tickets.states import Delivery, Priority, TicketStatus
from apps.tickets.types import NewMessage, Reported
from tests.make.engine import drain
from tests.make.tickets import customer, numbers, person, team, ticket

USUAL = ["open", "solved", "pending"]
STATUSES = st.sampled_from(USUAL * 3 + TicketStatus.values)
PRIORITIES = st.sampled_from(Priority.values)
WORDS = st.sampled_from(["vip", "Late ", "refund", "", "geld zurück"])
TAGS = st.lists(WORDS, max_size=3)
LABELS = st.sampled_from(["", "refund", "delivery"])
ADDRESSES = st.sampled_from(["a@x.example", "B@x.example", "nobody"])
FOLLOWERS = st.lists(ADDRESSES, max_size=3)
WHICH = st.integers(0, 2)
WHO = st.booleans()


class Desk(RuleBasedStateMachine):
    """People, customers and flows work on a few tickets, in any order."""

    def __init__(self):
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.agents = [person(), person()]
        self.teams = [team().pk, team().pk, None]
        ticket()

    def teardown(self):
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def number(self, which):
        found = list(Ticket.objects.order_by("pk").values_list("pk", flat=True))
        return found[which % len(found)]

    def do(self, service, *, flow=False, **values):
        """As the engine does a step, or as a view does a request: refused, it changes nothing."""
        who = {"actor": "flow:test", "step": "do"} if flow else {}
        try:
            with transaction.atomic(), acting(**who):
                service(**values, at=timezone.now())
        except DomainError:
            return

    @rule(tags=TAGS, priority=PRIORITIES, place=WHICH)
    def a_program_opens(self, tags, priority, place):
        self.do(
            open_ticket_for,
            email=customer().email,
            subject="Parcel",
            message=NewMessage(text="Where is it?"),
            channel="api",
            team_id=self.teams[place % 3],
            priority=priority,
            tags=tags,
            by=self.agents[0],
        )

    @rule(which=WHICH)
    def the_customer_writes(self, which):
        asked = Ticket.objects.get(pk=self.number(which))
        self.do(
            receive_message,
            ticket_id=asked.pk,
            customer_id=asked.customer_id,
            message=NewMessage(text="And?"),
        )

    @rule(which=WHICH, status=STATUSES)
    def an_agent_replies(self, which, status):
        words = {"text": "Soon.", "by": self.agents[0], "key": f"k{next(numbers)}"}
        self.do(write_reply, ticket_id=self.number(which), status=status, **words)

    @rule(which=WHICH, text=st.sampled_from(["VIP!", " "]))
    def an_agent_notes(self, which, text):
        words = {"text": text, "by": self.agents[1], "key": f"k{next(numbers)}"}
        self.do(write_note, ticket_id=self.number(which), **words)

    @rule(which=WHICH, status=STATUSES, flow=WHO)
    def the_status_is_changed(self, which, status, flow):
        by = None if flow else self.agents[0]
        self.do(change_status, flow=flow, ticket_id=self.number(which), status=status, by=by)

    @rule(which=WHICH, to=st.sampled_from([None, 0, 1]), flow=WHO)
    def it_is_given_to_somebody(self, which, to, flow):
        who = None if to is None else self.agents[to]
        self.do(assign_ticket, flow=flow, ticket_id=self.number(which), to=who)

    @rule(which=WHICH, place=WHICH)
    def it_is_given_to_a_team(self, which, place):
        self.do(change_team, ticket_id=self.number(which), team_id=self.teams[place % 3])

    @rule(which=WHICH, priority=PRIORITIES, flow=WHO)
    def the_priority_is_set(self, which, priority, flow):
        self.do(change_priority, flow=flow, ticket_id=self.number(which), priority=priority)

    @rule(which=WHICH, tags=TAGS, service=st.sampled_from([set_tags, add_tags]))
    def it_is_tagged(self, which, tags, service):
        self.do(service, ticket_id=self.number(which), tags=tags)

    @rule(which=WHICH, label=LABELS, language=st.sampled_from(["", "en", "de"]))
    def a_label_is_settled(self, which, label, language):
        said = {"label": label, "language": language, "why": "Sure."}
        self.do(settle_label, flow=True, ticket_id=self.number(which), **said)

    @rule(which=WHICH, order=st.sampled_from(["A-1", "A-2"]), belongs=WHO)
    def an_order_is_found(self, which, order, belongs):
        said = {"source": "eu", "number": order, "belongs": belongs}
        self.do(mention_order, flow=True, ticket_id=self.number(which), **said)

    @rule(which=WHICH)
    def it_is_escalated(self, which):
        said = {"promise": "resolution", "level": "past", "why": "Late."}
        self.do(mark_escalated, flow=True, ticket_id=self.number(which), **said)

    @rule(which=WHICH, delivery=st.sampled_from(Delivery.values))
    def a_mail_server_speaks(self, which, delivery):
        replies = list(Message.objects.filter(kind="outgoing").order_by("pk"))
        if replies:
            self.do(
                change_delivery, message_id=replies[which % len(replies)].pk, delivery=delivery
            )

    @rule(which=WHICH, action=st.sampled_from(ACTIONS), copied=WHO)
    def a_report_comes(self, which, action, copied):
        replies = list(Message.objects.filter(kind="outgoing").order_by("pk"))
        if replies:
            reply = replies[which % len(replies)]
            said = [Reported(address="a@x.example" if copied else reply.to, action=action)]
            self.do(take_report, message_id=reply.pk, said=said)

    @rule(which=WHICH)
    def it_is_acknowledged(self, which):
        words = {"text": "We have it.", "to": "a@x.example"}
        self.do(acknowledge_ticket, flow=True, ticket_id=self.number(which), **words)

    @rule(which=WHICH)
    def its_author_takes_a_reply_back(self, which):
        replies = list(Message.objects.filter(kind="outgoing").order_by("pk"))
        if replies:
            number = replies[which % len(replies)].pk
            self.do(withdraw_reply, message_id=number, by=self.agents[0])

    @rule(which=WHICH, say=st.sampled_from([mark_spam, clear_spam]))
    def it_is_called_spam_or_none(self, which, say):
        self.do(say, ticket_id=self.number(which), by=self.agents[0])

    @rule(which=WHICH, addresses=FOLLOWERS)
    def somebody_follows(self, which, addresses):
        self.do(follow, ticket_id=self.number(which), addresses=addresses)

    @rule(which=WHICH, address=ADDRESSES)
    def somebody_follows_no_more(self, which, address):
        who = {"address": address, "by": self.agents[1]}
        self.do(unfollow, ticket_id=self.number(which), **who)

    @rule(
        which=WHICH,
        changes=st.fixed_dictionaries(
            {},
            optional={
                "priority": PRIORITIES,
                "tags": TAGS,
                "status": STATUSES,
                "owner": st.none(),
                "followers": FOLLOWERS,
                "is_spam": st.booleans(),
            },
        ),
    )
    def everything_at_once(self, which, changes):
        self.do(edit_ticket, ticket_id=self.number(which), changes=changes, by=self.agents[0])

    @rule()
    def the_flows_do_their_work(self):
        drain()

    @invariant()
    def each_log_gives_its_ticket(self):
        everything = list(Ticket.objects.values_list("pk", flat=True))
        assert compared(everything) == {}
        connection.check_constraints()

    @invariant()
    def each_change_was_told_once(self):
        for number, log in logs_of(list(Ticket.objects.values_list("pk", flat=True))).items():
            version = Ticket.objects.values_list("version", flat=True).get(pk=number)
            told = Counter((e.payload["version"], e.type) for e in log if "version" in e.payload)
            assert {led_to for led_to, _ in told} == set(range(1, version + 1))
            assert set(told.values()) == {1}


@pytest.mark.django_db
@pytest.mark.timeout(300)
def test_i12_whatever_is_done_to_tickets_their_logs_replayed_give_them_again():
    patience = settings(
        phases=[Phase.explicit, Phase.generate],  # add Phase.shrink for the shortest way there
        max_examples=25,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Desk, settings=patience)
