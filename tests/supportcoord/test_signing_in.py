"""The one door of the desk: what it counts, what it says, and which pages stand beside it."""

import re

import pytest
from django.urls import reverse

from tests.make.accounts import person

pytestmark = pytest.mark.django_db


def test_the_admin_sends_people_to_the_desks_own_sign_in(client):
    answer = client.get("/admin/login/?next=/admin/")

    assert answer.status_code == 302
    assert answer.url == f"{reverse('account_login')}?next=%2Fadmin%2F"


def test_a_password_given_to_the_admins_own_form_signs_nobody_in(client):
    person("root", role="admin", password="correct horse battery")

    client.post("/admin/login/", {"username": "root", "password": "correct horse battery"})

    assert "_auth_user_id" not in client.session


def test_only_the_pages_about_sign_in_and_passwords_exist(client):
    client.force_login(person("ada", password="correct horse battery"))

    gone = ["signup/", "email/", "confirm-email/", "password/set/", "reauthenticate/", ""]

    assert {name: client.get(f"/accounts/{name}").status_code for name in gone} == dict.fromkeys(
        gone, 404
    )
    assert client.get(reverse("account_change_password")).status_code == 200


def test_somebody_who_forgot_the_password_gets_a_link_that_sets_another(client, mailoutbox):
    ada = person("ada", password="forgotten words")

    asked = client.post(reverse("account_reset_password"), {"email": ada.email})
    link = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", mailoutbox[0].body)[1]
    form = client.get(link, follow=True)
    new = {"password1": "correct horse battery", "password2": "correct horse battery"}
    changed = client.post(form.redirect_chain[-1][0], new, follow=True)

    assert client.get(asked.url).status_code == 200
    assert changed.status_code == 200
    ada.refresh_from_db()
    assert ada.check_password("correct horse battery")


def test_an_address_nobody_has_gets_no_mail_and_the_page_says_the_same(client, mailoutbox):
    ada = person("ada", password="correct horse battery")

    known = client.post(reverse("account_reset_password"), {"email": ada.email})
    unknown = client.post(reverse("account_reset_password"), {"email": "eve@elsewhere.example"})

    assert [mail.to for mail in mailoutbox] == [[ada.email]]
    assert (unknown.status_code, unknown.url) == (known.status_code, known.url)


def test_a_mail_server_that_is_away_is_no_error_for_the_person(client, settings, caplog):
    ada = person("ada", password="correct horse battery")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    answer = client.post(reverse("account_reset_password"), {"email": ada.email})

    assert (answer.status_code, answer.url) == (302, reverse("account_reset_password_done"))
    assert "not sent: ConnectionRefusedError" in caplog.text
    assert ada.email not in caplog.text
