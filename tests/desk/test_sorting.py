"""Spam and followers at the desk."""

import pytest
from django.utils import timezone

from apps.tickets.models import Follower, Message
from apps.tickets.services.following import follow
from apps.tickets.services.spam import mark_spam
from tests.desk.conftest import part
from tests.make.tickets import customer, ticket

pytestmark = pytest.mark.django_db
PARTS = part("article.ticket")


def test_spam_is_put_aside_and_taken_back_by_a_button(desk):
    made = ticket()
    url = f"/tickets/{made.pk}/change/"

    aside = desk.post(url, {"do": "spam"}, headers=PARTS).content.decode()
    made.refresh_from_db()
    was_spam = made.is_spam
    back = desk.post(url, {"do": "not_spam"}, headers=PARTS).content.decode()

    made.refresh_from_db()
    assert (was_spam, made.is_spam) == (True, False)
    assert 'value="not_spam"' in aside
    assert "put it aside as spam" in aside
    assert 'value="spam"' in back


def test_spam_stands_in_its_own_view_and_says_so_on_its_page(desk, ada):
    made = ticket(subject="You have won")
    mark_spam(ticket_id=made.pk, by=ada, at=timezone.now())

    everywhere = desk.get("/").content.decode()
    aside = desk.get("/", {"view": "spam"}).content.decode()
    page = desk.get(f"/tickets/{made.pk}/?view=spam").content.decode()

    assert "You have won" not in everywhere
    assert "You have won" in aside
    assert ">Spam</span>" in page
    assert "<span >Not spam</span>" in page


def test_followers_are_added_and_removed_beside_the_conversation(desk):
    made = ticket()
    url = f"/tickets/{made.pk}/followers/"

    added = desk.post(url, {"add": "Otto <otto@freight.example>; kim@work.example"})
    page = desk.get(added.url).content.decode()
    removed = desk.post(url, {"remove": "otto@freight.example"}, headers=PARTS)

    assert (added.status_code, removed.status_code) == (302, 200)
    assert 'data-followers="otto@freight.example, kim@work.example"' in page
    assert 'name="remove" value="otto@freight.example"' in page
    assert "otto@freight.example" not in removed.content.decode()
    assert [each.address for each in made.followers.all()] == ["kim@work.example"]


@pytest.mark.parametrize("headers", [{}, PARTS])
def test_who_cannot_follow_is_told_and_nobody_is_added(desk, headers):
    made = ticket()

    answer = desk.post(
        f"/tickets/{made.pk}/followers/", {"add": "kim@work.example, nobody"}, headers=headers
    )

    assert answer.status_code == 409
    assert "“nobody” is no mail address" in answer.content.decode()
    assert not Follower.objects.exists()


def test_a_follower_who_was_added_since_is_told_to_the_open_page(desk, ada):
    made = ticket(customer=customer("mo@home.example"))
    follow(ticket_id=made.pk, addresses=["a@home.example"], by=ada, at=timezone.now())

    live = desk.get(f"/tickets/{made.pk}/live/", headers=PARTS).content.decode()

    assert 'data-followers="a@home.example"' in live


def test_names_of_followers_are_only_text(desk, ada):
    made = ticket()
    names = {"x@home.example": "<img src=x onerror=alert(1)>"}
    follow(ticket_id=made.pk, addresses=["x@home.example"], names=names, by=ada, at=timezone.now())

    page = desk.get(f"/tickets/{made.pk}/").content.decode()

    assert "<img src=x" not in page
    assert "&lt;img src=x" in page
    assert not Message.objects.filter(kind="outgoing").exists()
