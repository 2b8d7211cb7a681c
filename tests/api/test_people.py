"""People and teams over REST: whom a ticket can be given to."""

import pytest

from tests.make.accounts import person, team

pytestmark = pytest.mark.django_db


def test_people_are_listed_with_their_teams_and_programs_are_not(
    caller, django_assert_num_queries
):
    ada = person("ada", first_name="Ada", last_name="Lovelace")
    grace = person("grace", role="lead")
    person("gone", is_active=False)
    returns = team("returns", ada)
    caller.get("users/")

    with django_assert_num_queries(3):
        rows = caller.get("users/").json()["results"]

    assert rows == [
        {
            "id": ada.pk,
            "username": "ada",
            "name": "Ada Lovelace",
            "role": "agent",
            "teams": [returns.pk],
        },
        {"id": grace.pk, "username": "grace", "name": "grace", "role": "lead", "teams": []},
    ]
