"""Customers over REST: made, found under each name, changed."""

import pytest

from apps.customers.models import Customer
from tests.api.client import Caller
from tests.make.tickets import customer

pytestmark = pytest.mark.django_db

ADA = {
    "name": "Ada Lovelace",
    "tier": "vip",
    "language": "en",
    "identities": [
        {"kind": "email", "value": "Ada@Home.example"},
        {"kind": "phone", "value": "+44 20 7946 0000"},
    ],
}


def found(answer):
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def test_a_new_customer_is_answered_whole(caller):
    answer = caller.post("customers/", ADA)

    made = Customer.objects.get()
    body = answer.json()
    assert (answer.status_code, answer["Location"]) == (201, f"/api/v1/customers/{made.pk}/")
    assert body == caller.get(f"customers/{made.pk}/").json()
    assert (body["name"], body["tier"], body["email"]) == (
        "Ada Lovelace",
        "vip",
        "ada@home.example",
    )
    assert [(name["kind"], name["value"]) for name in body["identities"]] == [
        ("email", "ada@home.example"),
        ("phone", "+442079460000"),
    ]


def test_a_name_of_somebody_else_makes_nobody_and_says_whose_it_is(caller):
    known = customer("ada@home.example")

    answer = caller.post("customers/", ADA)

    assert (answer.status_code, answer.json()["code"]) == (409, "name_taken")
    assert answer.json()["facts"]["customer_id"] == known.pk
    assert Customer.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"identities": []},
        {"identities": [{"kind": "email", "value": "nobody"}]},
        {"identities": [{"kind": "phone", "value": "call me"}]},
        {"identities": [{"kind": "pigeon", "value": "x"}]},
        {"tier": "gold"},
        {"language": "Klingon!"},
    ],
)
def test_a_wrong_customer_is_not_made(caller, wrong):
    assert caller.post("customers/", ADA | wrong).status_code == 400
    assert not Customer.objects.exists()


def test_a_customer_is_found_under_each_name(caller):
    ada = caller.post("customers/", ADA).json()["id"]
    customer("grace@navy.example", name="Grace Hopper")

    for query in (
        "q=lovel",
        "q=home.ex",
        "q=207946",
        "email=ADA@home.example",
        "phone=%2B44+20+7946+0000",
        "tier=vip",
    ):
        assert found(caller.get(f"customers/?{query}")) == [ada], query
    assert found(caller.get("customers/?email=ada")) == []


def test_the_list_asks_the_database_a_fixed_number_of_times(caller, django_assert_num_queries):
    for _ in range(3):
        customer()
    caller.get("customers/")

    with django_assert_num_queries(3):
        caller.get("customers/")


def test_a_change_touches_what_it_names(caller):
    made = customer(name="Ada")

    answer = caller.patch(f"customers/{made.pk}/", {"company": "Engines Ltd", "tier": "plus"})

    body = answer.json()
    assert (body["name"], body["company"], body["tier"]) == ("Ada", "Engines Ltd", "plus")
    assert caller.patch(f"customers/{made.pk}/", {"tier": "gold"}).status_code == 400
    assert caller.patch("customers/4711/", {"tier": "plus"}).status_code == 404


def test_one_more_name_is_added_once(caller):
    made, other = customer(), customer("ada@work.example")
    name = {"kind": "shop", "value": "ada-1815"}

    answers = [caller.post(f"customers/{made.pk}/identities/", name) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert made.identities.count() == 2
    taken = {"kind": "email", "value": "ada@work.example"}
    answer = caller.post(f"customers/{made.pk}/identities/", taken)
    assert (answer.status_code, answer.json()["facts"]["customer_id"]) == (409, other.pk)
    assert caller.post("customers/4711/identities/", name).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "customers/"),
        ("POST", "customers/"),
        ("PATCH", "customers/1/"),
        ("POST", "customers/1/identities/"),
    ],
)
def test_another_scope_opens_nothing(method, path, stranger):
    assert Caller("tickets:write").ask(method, path, {}).status_code == 403
    assert stranger.ask(method, path, {}).status_code == 401
