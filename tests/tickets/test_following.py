"""Followers: who gets copies, who may not, and what the log says of them."""

import pytest
from django.utils import timezone

from apps.coordination.models import Event
from apps.tickets.checking import compared
from apps.tickets.models import Follower
from apps.tickets.services.addressing import BadAddress, OwnAddress
from apps.tickets.services.following import (
    MOST_FOLLOWERS,
    TooManyFollowers,
    follow,
    set_followers,
    unfollow,
)
from tests.make.mails import inbox
from tests.make.tickets import person, ticket

pytestmark = pytest.mark.django_db


def followers(asked) -> list[tuple[str, str]]:
    return list(asked.followers.values_list("address", "name"))


def test_somebody_follows_once_however_the_address_is_written():
    asked, ada = ticket(), person()
    many = ["Boss@Home.example", " boss@home.example ", asked.customer.email.upper()]

    follow(
        ticket_id=asked.pk,
        addresses=many,
        names={"boss@home.example": "The\nBoss"},
        by=ada,
        at=timezone.now(),
    )
    again = follow(ticket_id=asked.pk, addresses=many, by=ada, at=timezone.now())

    assert followers(asked) == [("boss@home.example", "The Boss")]
    assert again.version == 2
    said = Event.objects.get(type="FollowersChanged")
    assert (said.actor, said.payload["added"], said.payload["removed"]) == (f"user:{ada.pk}", 1, 0)
    assert "boss" not in str(said.payload)


@pytest.mark.parametrize(
    ("address", "error"),
    [
        ("nobody", BadAddress),
        ("a@x.example\r\nBcc: eve@x.example", BadAddress),
        ("a@x.example, b@x.example", BadAddress),
        (f"a{'a' * 250}@x.example", BadAddress),
        ("HELP@desk.example", OwnAddress),
        ("help+1@desk.example", OwnAddress),
        ("Reply+1.aaaaaaaaaaaaaaaa@desk.example", OwnAddress),
    ],
)
def test_where_no_copy_can_go_is_said_and_nobody_is_added(address, error):
    asked = ticket(inbox_address="help@desk.example")

    with pytest.raises(error):
        follow(ticket_id=asked.pk, addresses=["a@x.example", address], at=timezone.now())

    assert not Follower.objects.exists()
    assert not Event.objects.filter(type="FollowersChanged").exists()


@pytest.mark.parametrize(
    "address",
    [
        "Sales@desk.example",
        "sales+1@desk.example",
        "no-reply@mail.example",
        "Reply+1.aaaaaaaaaaaaaaaa@x.example",
    ],
)
def test_no_other_inbox_of_ours_follows_either(address):
    inbox("sales@desk.example", reply_from="No-Reply@mail.example")
    asked = ticket(inbox_address="help@desk.example")
    asked.followers.create(address="old@x.example")

    with pytest.raises(OwnAddress, match="is an address of this desk"):
        set_followers(
            ticket_id=asked.pk,
            addresses=["a@x.example", address],
            by=person(),
            at=timezone.now(),
        )

    assert followers(asked) == [("old@x.example", "")]


def test_so_many_follow_and_no_more():
    asked = ticket()
    some = [f"a{number}@x.example" for number in range(MOST_FOLLOWERS)]
    follow(ticket_id=asked.pk, addresses=some, at=timezone.now())

    with pytest.raises(TooManyFollowers) as refused:
        follow(ticket_id=asked.pk, addresses=["one@more.example"], at=timezone.now())

    assert str(refused.value) == "20 people follow a ticket at most; it would be 21."
    assert asked.followers.count() == 20


def test_who_is_taken_away_gets_no_copy_any_more():
    asked, ada = ticket(), person()
    follow(ticket_id=asked.pk, addresses=["a@x.example", "b@x.example"], at=timezone.now())

    for _ in range(2):
        gone = unfollow(ticket_id=asked.pk, address="A@x.example", by=ada, at=timezone.now())

    assert (followers(asked), gone.version) == ([("b@x.example", "")], 3)
    assert compared([asked.pk]) == {}


def test_all_of_them_are_set_or_nobody_changes():
    asked, ada = ticket(), person()
    follow(ticket_id=asked.pk, addresses=["a@x.example", "b@x.example"], at=timezone.now())

    with pytest.raises(BadAddress):
        set_followers(
            ticket_id=asked.pk, addresses=["nobody", "c@x.example"], by=ada, at=timezone.now()
        )
    assert followers(asked) == [("a@x.example", ""), ("b@x.example", "")]

    set_followers(
        ticket_id=asked.pk, addresses=["B@x.example", "c@x.example"], by=ada, at=timezone.now()
    )
    assert followers(asked) == [("b@x.example", ""), ("c@x.example", "")]
