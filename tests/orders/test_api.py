"""Orders over HTTP: shops write them, programs read them."""

import pytest
from django.core.cache import cache

from apps.orders.models import Order
from tests.api.client import Caller
from tests.make.orders import order, shop
from tests.make.tickets import customer

pytestmark = pytest.mark.django_db
WHERE = "orders/eu/A-1042/"
BODY = {
    "status": "shipped",
    "email": "ada@home.example",
    "placed_at": "2026-11-20T10:00:00Z",
    "currency": "EUR",
    "total": "29.00",
    "tracking_url": "https://track.example/1",
    "updated_at": "2026-11-22T12:00:00Z",
    "lines": [{"sku": "MUG", "title": "Mug", "quantity": 2, "unit_price": "14.50"}],
}


@pytest.fixture
def caller():
    cache.clear()
    shop("eu")
    return Caller()


def put(caller, body=BODY, where=WHERE, **changes):
    return caller.ask("PUT", where, body | changes if isinstance(body, dict) else body)


def test_a_new_order_is_created_and_answered_whole(caller):
    ada = customer("ada@home.example")

    answer = put(caller)

    assert answer.status_code == 201
    body = answer.json()
    fetched_at = body.pop("fetched_at")
    assert body == BODY | {
        "source": "eu",
        "number": "A-1042",
        "status_word": "",
        "customer_id": ada.pk,
        "carrier": "",
        "tracking_number": "",
        "shipped_at": None,
        "delivered_at": None,
    }
    assert fetched_at > "2026"


def test_the_same_again_is_an_update_that_changes_nothing(caller):
    first = put(caller)
    second = put(caller)

    assert (first.status_code, second.status_code) == (201, 200)
    without_age = [{**answer.json(), "fetched_at": ""} for answer in (first, second)]
    assert without_age[0] == without_age[1]
    assert Order.objects.count() == 1


def test_a_put_replaces_the_whole_order(caller):
    put(caller)

    answer = caller.ask("PUT", WHERE, {"status": "delivered"})

    assert answer.status_code == 200
    assert (answer.json()["total"], answer.json()["lines"]) == (None, [])


def test_an_older_order_is_answered_with_what_is_held(caller):
    put(caller)

    answer = put(caller, status="pending", updated_at="2026-11-21T00:00:00Z")

    assert (answer.status_code, answer.json()["status"]) == (200, "shipped")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"status": "lost"}, "#/status"),
        ({"status": None}, "#/status"),
        ({"total": "1e99"}, "#/total"),
        ({"total": "12345678901.00"}, "#/total"),
        ({"currency": "euro"}, "#/currency"),
        ({"email": "nobody"}, "#/email"),
        ({"tracking_url": "javascript:alert(1)"}, "#/tracking_url"),
        ({"placed_at": "soon"}, "#/placed_at"),
        ({"lines": {"0": {}}}, "#/lines"),
        ({"lines": [{"title": "Mug", "quantity": -1}]}, "#/lines/0/quantity"),
        ({"lines": [{"title": "Mug"}] * 201}, "#/lines"),
        ({"carrier": "x\x00"}, "#/carrier"),
    ],
)
def test_a_wrong_value_is_refused_by_name_and_nothing_is_written(caller, change, pointer):
    answer = put(caller, **change)

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert not Order.objects.exists()


@pytest.mark.parametrize("body", [[], "text", 7, None, b"{"])
def test_a_body_that_is_no_order_is_refused(caller, body):
    assert put(caller, body).status_code == 400


def test_an_unknown_shop_a_closed_one_and_a_bad_number_are_told(caller):
    shop("shut", is_active=False)

    assert put(caller, where="orders/mars/A-1/").status_code == 404
    assert put(caller, where="orders/shut/A-1/").status_code == 409
    assert put(caller, where="orders/eu/a%20b/").status_code == 400
    assert put(caller, where=f"orders/eu/{'9' * 41}/").status_code == 400
    assert not Order.objects.exists()


def test_one_order_is_read_by_shop_and_number(caller):
    put(caller)

    assert caller.get(WHERE).json()["number"] == "A-1042"
    missing = caller.get("orders/eu/A-9/")
    assert (missing.status_code, missing.json()["detail"]) == (404, "There is no order eu/A-9.")


def test_reading_and_writing_need_their_scopes(caller):
    reader, writer, nobody = Caller("orders:read"), Caller("orders:write"), Caller(text="")

    assert put(reader).status_code == 403
    assert put(writer).status_code == 201
    assert writer.get(WHERE).status_code == 403
    assert reader.get(WHERE).status_code == 200
    assert nobody.get(WHERE).status_code == 401


def test_orders_are_listed_latest_first_in_pages(caller):
    made = [order().number for _ in range(3)]

    first = caller.get("orders/?page_size=2").json()
    second = caller.get(first["next"].partition("/api/v1/")[2]).json()

    listed = [row["number"] for row in first["results"] + second["results"]]
    assert listed == made[::-1]
    assert second["next"] is None


def test_orders_are_filtered(caller):
    ada = customer("ada@home.example")
    order(number="A-1", status="paid")
    order(number="A-2", shop="us", email="grace@home.example")

    def numbers(query):
        return [row["number"] for row in caller.get(f"orders/?{query}").json()["results"]]

    assert numbers("source=us") == ["A-2"]
    assert numbers("status=paid") == ["A-1"]
    assert numbers("number=%23a-1") == ["A-1"]
    assert numbers("email=GRACE@home.example") == ["A-2"]
    assert numbers(f"customer={ada.pk}") == ["A-1"]
    assert numbers("source=nowhere") == []


@pytest.mark.parametrize("query", ["status=lost", "customer=x", "customer=1.5", "customer=-1"])
def test_a_filter_that_makes_no_sense_is_refused(caller, query):
    assert caller.get(f"orders/?{query}").status_code == 400


@pytest.mark.parametrize("count", [1, 9])
def test_a_list_takes_the_same_number_of_queries_however_long(
    caller, count, django_assert_max_num_queries
):
    for _ in range(count):
        order()
    caller.get("orders/")

    with django_assert_max_num_queries(4):
        caller.get("orders/")
