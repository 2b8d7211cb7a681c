"""Who gets in: whoever may use the desk, and nobody else."""

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from apps.accounts.models import User
from apps.tickets.models import Message
from tests.desk.conftest import part
from tests.make.tickets import person, ticket

pytestmark = pytest.mark.django_db


def addresses() -> list[str]:
    """Every address of the desk, filled with numbers."""
    desk = next(each for each in get_resolver().url_patterns if each.app_name == "desk")
    return [
        reverse(f"desk:{each.name}", args=[1] * len(each.pattern.converters))
        for each in desk.url_patterns
    ]


def test_every_address_sends_strangers_to_the_door():
    answers = {url: Client().get(url) for url in addresses()}

    wrong = {url for url, answer in answers.items() if answer.status_code not in (302, 405)}
    assert wrong == set()
    ends = {answer.url.split("?")[0] for answer in answers.values() if answer.status_code == 302}
    assert ends == {reverse("account_login")}


def test_every_address_is_closed_to_programs_with_an_account():
    program = Client()
    program.force_login(person(role="service"))

    answers = {url: program.get(url).status_code for url in addresses()}

    assert set(answers.values()) <= {403, 405}


def test_a_part_of_a_page_takes_its_whole_page_to_the_door():
    here = "http://testserver/tickets/7/?view=mine"

    answer = Client().get("/", headers=part("div#rows", **{"HX-Current-URL": here}))

    assert answer.status_code == 204
    assert answer["HX-Redirect"] == "/accounts/login/?next=%2Ftickets%2F7%2F%3Fview%3Dmine"


@pytest.mark.parametrize("form", ["write", "change"])
def test_a_form_sent_after_the_session_ended_comes_back_to_its_ticket(form):
    url, door = f"/tickets/7/{form}/?view=mine", "/accounts/login/?next="
    elsewhere = part("section#pane", **{"HX-Current-URL": f"http://testserver{url}"})

    plain = Client().post(url, {"text": "Kept."})
    scripted = Client().post(url, {"text": "Kept."}, headers=elsewhere)

    assert plain.status_code == 302
    assert plain.url == f"{door}/tickets/7/%3Fview%3Dmine"
    assert scripted["HX-Redirect"] == f"{door}%2Ftickets%2F7%2F%3Fview%3Dmine"


def test_only_a_text_that_was_taken_says_so_to_the_script(desk):
    url, pane = f"/tickets/{ticket().pk}/write/", part("section#pane")
    said = {"kind": "note", "text": "Kept.", "key": "0123456789abcdef"}

    strange = Client().post(url, said, headers=pane)
    taken = desk.post(url, said, headers=pane)

    assert (strange.status_code, "HX-Redirect" in strange) == (204, True)
    assert (taken.status_code, "HX-Redirect" in taken) == (200, False)
    assert Message.objects.filter(kind="note").count() == 1


def test_somebody_who_was_sent_away_may_no_longer_look(desk, ada):
    ada.is_active = False
    ada.save()

    assert desk.get("/").status_code == 302


def test_a_draft_is_kept_for_one_person(desk, ada):
    made, bo = ticket(), person(first_name="Bo")
    other = Client()
    other.force_login(bo)

    pages = [each.get(f"/tickets/{made.pk}/").content.decode() for each in (desk, other)]

    assert f'data-draft="draft-{ada.pk}-{made.pk}"' in pages[0]
    assert f'data-draft="draft-{bo.pk}-{made.pk}"' in pages[1]


def test_signing_in_works_with_a_name_and_with_a_mail_address():
    person(username="grace", password="hopper-1906", email="grace@desk.example")

    for login in ("grace", "grace@desk.example"):
        answer = Client().post("/accounts/login/", {"login": login, "password": "hopper-1906"})
        assert (answer.status_code, answer.url) == (302, "/")


def test_a_wrong_password_is_told_and_signs_nobody_in():
    person(username="grace", password="hopper-1906")

    answer = Client().post("/accounts/login/", {"login": "grace", "password": "guess"})

    assert answer.status_code == 200
    assert "password you specified are not correct" in answer.content.decode()
    assert "sessionid" not in answer.cookies


def test_nobody_makes_an_account_for_themselves():
    answer = Client().post(
        "/accounts/signup/",
        {"username": "eve", "email": "e@x.example", "password1": "long-enough-1"},
    )

    assert answer.status_code == 404
    assert not User.objects.filter(username="eve").exists()


@pytest.mark.parametrize("number", [0, 999_999, 2**63, 10**30])
def test_a_ticket_that_is_not_there_is_404(desk, number):
    assert desk.get(f"/tickets/{number}/").status_code == 404


def test_pages_forbid_foreign_scripts_and_frames(desk):
    answer = desk.get(f"/tickets/{ticket().pk}/")

    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer["X-Frame-Options"] == "DENY"
    page = answer.content.decode()
    assert " style=" not in page
    assert "<style" not in page
    assert " onclick" not in page
