"""What was odd about a message stands below it; what is spam, and who follows, is told too."""

import pytest
from django.utils import timezone

from apps.tickets.services.following import follow, unfollow
from apps.tickets.services.spam import clear_spam, mark_spam
from tests.make.letters import reply_to
from tests.make.mails import arrived, inbox, mail
from tests.make.tickets import ticket

pytestmark = pytest.mark.django_db


def page_of(desk, number: int) -> str:
    return " ".join(desk.get(f"/tickets/{number}/").content.decode().split())


def test_a_remark_on_a_message_is_shown_and_is_only_text(desk):
    inbox()
    first = arrived(mail(x_spam_flag="YES <b>"))
    arrived(mail(**{"from": "eve@e.example"}, to=reply_to(first.ticket_id)))

    page = page_of(desk, first.ticket_id)

    assert page.count("took the message in with a remark") == 2
    assert "A mail server calls it spam (X-Spam-Flag: YES &lt;b&gt;)." in page
    assert "Written by eve@e.example, who is not this ticket&#x27;s customer." in page


def test_a_message_without_a_remark_is_only_itself(desk):
    assert "with a remark" not in page_of(desk, ticket().pk)


def test_spam_and_followers_are_told_as_they_come_and_go(desk, ada):
    made, at = ticket(), timezone.now()
    mark_spam(ticket_id=made.pk, by=ada, why="Watches.", at=at)
    clear_spam(ticket_id=made.pk, by=ada, at=at)
    follow(ticket_id=made.pk, addresses=["a@x.example", "b@x.example"], by=ada, at=at)
    unfollow(ticket_id=made.pk, address="a@x.example", by=ada, at=at)

    page = page_of(desk, made.pk)

    for said in (
        "put it aside as spam",
        "Watches.",
        "said that it is no spam",
        "added 2 followers",
        "removed 1 follower",
    ):
        assert said in page
