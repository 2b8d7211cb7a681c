"""Where a mail goes: which inbox, which ticket, and who follows it."""

import pytest
from django.utils import timezone

from apps.channels.models import ReceivedMail
from apps.channels.queries import inbox_for, own_addresses
from apps.coordination.models import Event
from apps.tickets.checking import compared
from apps.tickets.models import Message, Ticket
from apps.tickets.services.changing import change_status
from apps.tickets.services.following import follow
from tests.make.letters import reply_to
from tests.make.mails import arrived, inbox, mail
from tests.make.tickets import customer, ticket

pytestmark = pytest.mark.django_db


def why(outcome) -> str:
    said = {"type": "MessageReceived", "payload__message_id": outcome.message_id}
    return Event.objects.get(**said).why


def followers(number: int) -> list[tuple[str, str]]:
    return list(Ticket.objects.get(pk=number).followers.values_list("address", "name"))


def test_the_envelope_names_the_inbox_of_a_mail_whose_headers_do_not():
    inbox("help@desk.example")
    sales = inbox("sales@desk.example")

    outcome = arrived(mail(to="undisclosed-recipients:;"), recipient="sales+shoes@desk.example")

    assert Ticket.objects.get(pk=outcome.ticket_id).inbox_address == "sales@desk.example"
    assert ReceivedMail.objects.get().inbox == sales


def test_the_envelope_comes_before_what_headers_say():
    inbox("help@desk.example")
    inbox("sales@desk.example")

    outcome = arrived(mail(to="help@desk.example"), recipient="SALES@desk.example")

    assert Ticket.objects.get(pk=outcome.ticket_id).inbox_address == "sales@desk.example"


def test_an_answer_by_bcc_finds_its_ticket_by_the_envelope():
    inbox()
    asked = ticket(customer=customer("ada@example.org"))

    outcome = arrived(mail(to="friends@else.example"), recipient=reply_to(asked.pk).upper())

    assert outcome.line == f"reply on ticket {asked.pk}"


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("help+anything@desk.example", "help@desk.example"),
        ("Help+a+b@DESK.example", "help@desk.example"),
        ("sales+vip@desk.example", "sales+vip@desk.example"),
        ("sales+x@desk.example", "sales@desk.example"),
        ("+@desk.example", "help@desk.example"),
        ("nobody", "help@desk.example"),
        ("gone+x@desk.example", "help@desk.example"),
    ],
)
def test_what_stands_behind_a_plus_does_not_matter(address, named):
    inbox("help@desk.example")
    inbox("sales@desk.example")
    inbox("sales+vip@desk.example")
    inbox("gone@desk.example", is_active=False)

    assert inbox_for([address]).address == named


def test_our_own_addresses_are_known_in_every_spelling(django_assert_num_queries):
    inbox("help@desk.example", reply_from="Team@Desk.example")
    inbox("gone@desk.example", is_active=False)
    ours = ["Help@desk.example", "help+1@desk.example", "team@desk.example", "gone@desk.example"]

    with django_assert_num_queries(1):
        known = own_addresses([*ours, reply_to(7), "ada@example.org", "", "nobody", "+@"])

    assert known == {*ours, reply_to(7)}


def test_a_number_in_the_subject_is_the_last_thing_asked():
    inbox()
    ada = customer("ada@example.org")
    known, named = ticket(customer=ada), ticket(customer=ada)
    subject = f"Re: AW: [#0] [#999999] [#{named.pk}] Where is it?"

    assert arrived(mail(subject=subject)).line == f"reply on ticket {named.pk}"
    assert arrived(mail(subject=subject, to=reply_to(known.pk))).ticket_id == known.pk


def test_a_follower_may_use_the_number_and_writes_under_an_own_name():
    inbox()
    asked = ticket(customer=customer("ada@example.org"))
    follow(ticket_id=asked.pk, addresses=["bob@b.example"], at=timezone.now())

    raw = mail(**{"from": "Bob Baker <Bob@b.example>"}, subject=f"Fwd [#{asked.pk}]")
    outcome = arrived(raw)

    written = Message.objects.get(pk=outcome.message_id)
    assert outcome.line == f"reply on ticket {asked.pk}"
    assert (written.customer.name, written.customer.email) == ("Bob Baker", "bob@b.example")
    assert why(outcome) == "Written by bob@b.example, who follows this ticket."


@pytest.mark.parametrize(
    "subject", ["[#{pk}]x", "[# {pk}]", "#{pk}", "[{pk}]", "[#{pk}", "[#-{pk}]", "[#9{pk:018}]"]
)
def test_a_stranger_opens_a_new_ticket_whatever_the_number_says(subject):
    inbox()
    asked = ticket()

    outcome = arrived(mail(subject=subject.format(pk=asked.pk)))

    assert outcome.outcome == "ticket"
    assert outcome.ticket_id != asked.pk


def test_a_stranger_who_answers_our_mail_is_taken_as_before():
    inbox()
    first = arrived()

    second = arrived(mail(**{"from": "eve@e.example"}, to=reply_to(first.ticket_id)))

    assert second.ticket_id == first.ticket_id
    assert why(second) == "Written by eve@e.example, who is not this ticket's customer."


def test_the_number_of_a_closed_ticket_opens_one_that_follows_it():
    inbox()
    asked = ticket(customer=customer("ada@example.org"))
    change_status(ticket_id=asked.pk, status="closed", at=timezone.now())

    outcome = arrived(mail(subject=f"[#{asked.pk}]"))

    assert Ticket.objects.get(pk=outcome.ticket_id).follows_id == asked.pk


def test_everybody_else_a_mail_went_to_follows_its_ticket():
    inbox(reply_from="team@desk.example")
    to = "Help <help+x@desk.example>, Boss <BOSS@b.example>, ada@example.org"
    cc = "Eve <eve@e.example>, boss@b.example, no-reply@shop.example, team@desk.example, odd@@x"

    outcome = arrived(mail(to=to, cc=cc))

    assert followers(outcome.ticket_id) == [("boss@b.example", "Boss"), ("eve@e.example", "Eve")]
    said = Event.objects.get(type="FollowersChanged")
    assert (said.actor, said.why) == ("customer", "The mail went to 2 others as well.")
    assert compared([outcome.ticket_id]) == {}


def test_of_one_other_person_it_speaks_as_of_one():
    inbox()

    arrived(mail(cc="eve@e.example"))

    assert Event.objects.get(type="FollowersChanged").why == (
        "The mail went to somebody else as well."
    )


@pytest.mark.parametrize(
    "robot",
    [
        "noreply@x.example",
        "No-Reply@x.example",
        "do_not_reply@x.example",
        "donotreply+7@x.example",
        "noreply-orders@x.example",
        "mailer-daemon@x.example",
        "postmaster@x.example",
        "bounces+a=b@x.example",
        "bounce-7@x.example",
    ],
)
def test_a_robot_follows_nothing(robot):
    inbox()

    assert followers(arrived(mail(cc=robot)).ticket_id) == []


def test_names_that_only_look_like_robots_follow():
    inbox()
    people = [
        "norah@x.example",
        "auto.parts@x.example",
        "bouncer@x.example",
        "a.noreply@x.example",
    ]

    outcome = arrived(mail(cc=", ".join(people)))

    assert [address for address, _ in followers(outcome.ticket_id)] == people


def test_a_ticket_is_no_mailing_list_however_many_are_named():
    inbox()

    outcome = arrived(mail(cc=", ".join(f"a{number}@x.example" for number in range(60))))

    assert len(followers(outcome.ticket_id)) == 20
    why_some = Event.objects.get(type="FollowersChanged").why
    assert why_some == "The mail went to 60 others as well; the first 20 follow."


def test_through_a_group_nobody_follows():
    inbox("group@desk.example", takes_lists=True)

    outcome = arrived(mail(to="group@desk.example", cc="eve@e.example"))

    assert followers(outcome.ticket_id) == []


def test_an_answer_makes_nobody_follow():
    inbox()
    first = arrived(mail(message_id="<a@x>"))

    arrived(mail(in_reply_to="<a@x>", cc="eve@e.example"))

    assert followers(first.ticket_id) == []
