"""The one door of the desk: what it counts, what it says, and which pages stand beside it."""

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
