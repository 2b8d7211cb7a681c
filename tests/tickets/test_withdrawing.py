"""Whom a reply goes to, and taking it back before it leaves."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.core.errors import NotFound
from apps.tickets.checking import compared
from apps.tickets.models import Follower, Message, Ticket
from apps.tickets.services.addressing import BadAddress, OwnAddress, TooManyCopies
from apps.tickets.services.changing import change_priority
from apps.tickets.services.conversing import write_note, write_reply
from apps.tickets.services.delivering import change_delivery
from apps.tickets.services.withdrawing import NotYours, TooLate, withdraw_reply
from tests.make.mails import inbox
from tests.make.tickets import person, ticket

pytestmark = pytest.mark.django_db


def reply(asked, by, text="It is on its way.", key="k1", **fields):
    at = fields.pop("at", timezone.now())
    return write_reply(ticket_id=asked.pk, text=text, by=by, key=key, at=at, **fields)


def follow(asked, *addresses):
    Follower.objects.bulk_create(Follower(ticket=asked, address=one) for one in addresses)


def test_followers_get_a_copy_unless_somebody_says_otherwise():
    asked, ada = ticket(), person()
    follow(asked, "boss@home.example", asked.customer.email)

    usual = reply(asked, ada, bcc=["Audit@x.example", "BOSS@home.example"])
    alone = reply(asked, ada, key="k2", cc=[], to="other@x.example")

    assert (usual.to, usual.cc, usual.bcc) == (
        asked.customer.email,
        "boss@home.example",
        "Audit@x.example",
    )
    assert (alone.to, alone.cc, alone.bcc) == ("other@x.example", "", "")


@pytest.mark.parametrize(
    ("copies", "error"),
    [
        (["nobody"], BadAddress),
        (["a@x.example\r\nBcc: eve@x.example"], BadAddress),
        (["a@x.example, b@x.example"], BadAddress),
        ([f"a{'a' * 250}@x.example"], BadAddress),
        (["Help@desk.example"], OwnAddress),
        (["reply+1.aaaaaaaaaaaaaaaa@desk.example"], OwnAddress),
        ([f"a{number}@x.example" for number in range(21)], TooManyCopies),
    ],
)
def test_where_mail_cannot_go_is_said_and_nothing_is_written(copies, error):
    asked = ticket(inbox_address="help@desk.example")

    for way in ({"cc": copies}, {"bcc": copies}):
        with pytest.raises(error):
            reply(asked, person(), **way)

    assert Message.objects.filter(kind="outgoing").count() == 0


@pytest.mark.parametrize("way", ["to", "cc", "bcc"])
def test_no_reply_goes_to_another_inbox_of_ours(way):
    inbox("sales@desk.example", reply_from="No-Reply@mail.example")
    asked = ticket(inbox_address="help@desk.example")

    for ours in ("Sales+1@desk.example", "no-reply@mail.example"):
        with pytest.raises(OwnAddress) as refused:
            reply(asked, person(), **{way: ours if way == "to" else ["a@x.example", ours]})

        assert str(refused.value) == (
            f"{ours} is an address of this desk, and mail to it would only come back: "
            "take it out, and to bring the ticket before others here change its team."
        )

    assert Message.objects.filter(kind="outgoing").count() == 0


def test_a_follower_that_became_an_inbox_of_ours_gets_no_copy():
    asked = ticket()
    follow(asked, "a@x.example", "sales@desk.example")
    inbox("sales@desk.example")

    assert reply(asked, person()).cc == "a@x.example"


def test_a_note_and_another_ticket_are_never_quoted():
    asked, ada = ticket(), person()
    note = write_note(ticket_id=asked.pk, text="Hm.", by=ada, key="n", at=timezone.now())

    for number in (note.pk, ticket().messages.get().pk):
        with pytest.raises(NotFound):
            reply(asked, ada, quotes=number)

    first = asked.messages.get(kind="incoming")
    assert reply(asked, ada, quotes=first.pk).quotes == first


def test_a_reply_that_is_taken_back_leaves_the_ticket_as_if_unanswered():
    asked, ada = ticket(), person()
    before = Ticket.objects.get(pk=asked.pk)
    written = reply(asked, ada, hold_seconds=15)

    taken = withdraw_reply(message_id=written.pk, by=ada, at=timezone.now())

    after = Ticket.objects.get(pk=asked.pk)
    assert written.hold_until - written.created_at == timedelta(seconds=15)
    assert (taken.delivery, after.status, after.first_answered_at) == ("withdrawn", "open", None)
    assert (after.last_message_kind, after.preview) == ("incoming", before.preview)
    assert after.last_message_at == before.last_message_at


@pytest.mark.parametrize("old", ["open", "on_hold"])
def test_a_status_comes_back_that_the_reply_changed(old):
    asked, ada = ticket(), person()
    reply(asked, ada, status=old)
    written = reply(asked, ada, key="k2", status="pending")

    withdraw_reply(message_id=written.pk, by=ada, at=timezone.now())

    asked.refresh_from_db()
    assert asked.status == old
    assert asked.first_answered_at == Message.objects.get(key="k1").created_at


def test_what_somebody_did_since_stays():
    asked, ada = ticket(), person()
    written = reply(asked, ada)
    change_priority(ticket_id=asked.pk, priority=4, by=ada, at=timezone.now())

    withdraw_reply(message_id=written.pk, by=ada, at=timezone.now())

    asked.refresh_from_db()
    assert (asked.status, asked.priority, asked.first_answered_at) == ("pending", 4, None)


def test_the_log_tells_of_it_as_the_ticket_does():
    asked, ada = ticket(), person()
    reply(asked, ada, status="solved")
    withdraw_reply(message_id=Message.objects.get(key="k1").pk, by=ada, at=timezone.now())

    assert compared([asked.pk]) == {}


def test_the_second_time_changes_nothing():
    asked, ada = ticket(), person()
    written = reply(asked, ada)
    withdraw_reply(message_id=written.pk, by=ada, at=timezone.now())
    version = Ticket.objects.get(pk=asked.pk).version

    withdraw_reply(message_id=written.pk, by=ada, at=timezone.now())

    assert Ticket.objects.get(pk=asked.pk).version == version


def test_a_ticket_that_the_reply_closed_stays_closed():
    asked, ada = ticket(), person()
    written = reply(asked, ada, status="closed")

    withdraw_reply(message_id=written.pk, by=ada, at=timezone.now())

    assert Ticket.objects.get(pk=asked.pk).status == "closed"


def test_it_is_too_late_once_its_sending_began_and_never_anothers_business():
    asked, ada = ticket(), person()
    written = reply(asked, ada)

    with pytest.raises(NotYours):
        withdraw_reply(message_id=written.pk, by=person(), at=timezone.now())
    change_delivery(message_id=written.pk, delivery="sending", at=timezone.now())
    with pytest.raises(TooLate, match="too late to take this reply back: it is sending"):
        withdraw_reply(message_id=written.pk, by=ada, at=timezone.now())

    asked.refresh_from_db()
    assert (asked.status, Message.objects.get(pk=written.pk).delivery) == ("pending", "sending")
