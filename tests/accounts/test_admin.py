"""People, teams and keys in the administration."""

import re

import pytest

from apps.accounts.models import ApiKey, Team, User
from tests.api.client import Caller
from tests.make.accounts import key, person, team

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    """An administrator's browser."""
    client.force_login(person("root", role="admin"))
    return client


def new_person(**more):
    return {
        "username": "grace",
        "usable_password": "true",
        "password1": "correct horse battery",
        "password2": "correct horse battery",
        "email": "grace@desk.example",
        "role": "agent",
        **more,
    }


@pytest.mark.parametrize(
    ("role", "staff", "superuser"),
    [
        ("agent", False, False),
        ("reviewer", True, False),
        ("lead", True, False),
        ("admin", True, True),
    ],
)
def test_the_role_of_a_new_person_decides_where_they_may_go(admin, role, staff, superuser):
    returns = team("returns")

    answer = admin.post("/admin/accounts/user/add/", new_person(role=role, teams=[returns.pk]))

    assert answer.status_code == 302
    grace = User.objects.get(username="grace")
    assert (grace.is_staff, grace.is_superuser) == (staff, superuser)
    assert grace.check_password("correct horse battery")
    assert list(grace.teams.all()) == [returns]


def test_a_program_gets_an_account_that_nobody_signs_in_with(admin):
    program = new_person(role="service", usable_password="false", password1="", password2="")

    admin.post("/admin/accounts/user/add/", program)

    assert not User.objects.get(username="grace").has_usable_password()


def test_an_address_belongs_to_one_account(admin):
    person("ada", email="Grace@Desk.example")

    page = admin.post("/admin/accounts/user/add/", new_person()).content.decode()

    assert "Another account has this address." in page
    assert not User.objects.filter(username="grace").exists()


def change(admin, who, **more):
    form = {"username": who.username, "email": who.email, "role": who.role, "is_active": "on"}
    form["undo_seconds"] = who.undo_seconds
    return admin.post(f"/admin/accounts/user/{who.pk}/change/", form | more)


def test_a_promotion_opens_the_administration_and_a_demotion_closes_it(admin):
    ada = person("ada")

    change(admin, ada, role="lead")
    ada.refresh_from_db()
    assert (ada.is_staff, ada.is_superuser) == (True, False)

    change(admin, ada, role="agent")
    ada.refresh_from_db()
    assert (ada.is_staff, ada.is_superuser) == (False, False)


def test_an_administrator_made_on_the_command_line_stays_one(admin):
    boss = User.objects.create_superuser("boss", password="x")

    page = admin.get(f"/admin/accounts/user/{boss.pk}/change/").content.decode()
    change(admin, boss, role="admin", first_name="Bo")

    boss.refresh_from_db()
    assert '<option value="admin" selected>' in page
    assert (boss.is_superuser, boss.first_name) == (True, "Bo")


def test_nobody_locks_themselves_out(admin):
    me = User.objects.get(username="root")

    change(admin, me, role="agent", is_active="")

    me.refresh_from_db()
    assert (me.role, me.is_active, me.is_superuser) == ("admin", True, True)


def test_nobody_is_their_own_lead(admin):
    ada = person("ada")

    page = change(admin, ada, lead=ada.pk).content.decode()

    assert "Choose somebody else." in page


def test_people_are_switched_off_and_not_removed(admin):
    ada = person("ada")

    assert admin.post(f"/admin/accounts/user/{ada.pk}/delete/").status_code == 403


def test_only_administrators_keep_people(client):
    client.force_login(person(role="lead", is_staff=True))

    assert client.get("/admin/accounts/user/").status_code == 403
    assert client.get("/admin/accounts/apikey/").status_code == 403


def test_a_team_is_made_with_its_people_and_lead(admin):
    ada = person("ada")
    form = {
        "name": "Returns",
        "slug": "returns",
        "lead": ada.pk,
        "User_teams-TOTAL_FORMS": 1,
        "User_teams-INITIAL_FORMS": 0,
        "User_teams-0-user": ada.pk,
    }

    answer = admin.post("/admin/accounts/team/add/", form)

    assert answer.status_code == 302
    made = Team.objects.get()
    assert (made.lead, list(made.members.all())) == (ada, [ada])
    assert "Returns" in admin.get("/admin/accounts/team/").content.decode()


def new_key(user, **more):
    return {"name": "Shop sync", "user": user.pk, "scopes": ["tickets:read"], **more}


def test_a_new_key_is_shown_once_and_works(admin):
    program = person("shop", role="service")

    answer = admin.post("/admin/accounts/apikey/add/", new_key(program))

    (text,) = re.findall(r"sc_[0-9a-f]{10}_[\w-]{43}", answer.content.decode())
    assert "no-store" in answer["Cache-Control"]
    assert ApiKey.objects.get().scopes == ["tickets:read"]
    assert Caller(text=text).get("tickets/").status_code == 200
    secret = text.split("_", 2)[2]
    for page in ("", f"{ApiKey.objects.get().pk}/change/"):
        assert secret not in admin.get(f"/admin/accounts/apikey/{page}").content.decode()


@pytest.mark.parametrize("wrong", [{"scopes": []}, {"scopes": ["world:rule"]}, {"name": ""}])
def test_a_wrong_key_is_not_made(admin, wrong):
    program = person("shop", role="service")

    answer = admin.post("/admin/accounts/apikey/add/", new_key(program) | wrong)

    assert answer.status_code == 200
    assert not ApiKey.objects.exists()


def test_a_key_acts_as_a_program_and_not_as_a_person(admin):
    answer = admin.post("/admin/accounts/apikey/add/", new_key(person("ada")))

    assert "Select a valid choice" in answer.content.decode()
    assert not ApiKey.objects.exists()


def test_a_revoked_key_is_closed(admin):
    row, text = key()

    page = admin.post(
        "/admin/accounts/apikey/", {"action": "revoke", "_selected_action": [row.pk]}, follow=True
    )

    assert "opens nothing any more" in page.content.decode()
    assert Caller(text=text).get("tickets/").status_code == 401
