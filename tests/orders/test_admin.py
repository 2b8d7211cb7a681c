"""Shops in the admin: set up with care, tried with one click, their tokens never shown."""

import json

import pytest
from django.core.management import call_command

from apps.orders.models import Shop
from tests.make.orders import MAPPING, order, rest_shop, shop

pytestmark = pytest.mark.django_db
TOKEN = "tok-4711-very-secret"


@pytest.fixture(autouse=True)
def _our_own_machine(settings):
    settings.SUPPORTCOORD_ALLOW_PRIVATE_HOSTS = ["127.0.0.1", "localhost"]


def form(**changes):
    fields = {
        "name": "EU store",
        "slug": "eu",
        "adapter": "rest",
        "is_active": "on",
        "base_url": "https://shop.example/api",
        "token": TOKEN,
        "mapping": json.dumps(MAPPING),
        "fresh_for": "60",
    }
    return fields | changes


def saved(admin_client, pk="add", **changes):
    where = f"/admin/orders/shop/{pk}/" + ("" if pk == "add" else "change/")
    return admin_client.post(where, form(**changes), follow=True)


def test_a_shop_is_made_and_its_token_sealed(admin_client):
    saved(admin_client)

    eu = Shop.objects.get()
    assert eu.token.reveal() == TOKEN
    assert eu.token.sealed.startswith("sealed:")


def test_a_token_is_never_shown_again(admin_client):
    page = saved(admin_client)
    eu = Shop.objects.get()

    shown = page.content + admin_client.get(f"/admin/orders/shop/{eu.pk}/change/").content
    shown += admin_client.get(f"/admin/orders/shop/{eu.pk}/history/").content

    assert TOKEN not in shown.decode()
    assert "sealed:" not in shown.decode()
    assert "There is one." in shown.decode()


def test_an_empty_token_keeps_the_stored_one_and_a_dash_removes_it(admin_client):
    saved(admin_client)
    eu = Shop.objects.get()

    saved(admin_client, eu.pk, token="", name="Europe")
    kept = Shop.objects.get()
    saved(admin_client, eu.pk, token="-")

    assert (kept.name, kept.token.reveal()) == ("Europe", TOKEN)
    assert not Shop.objects.get().token


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"mapping": "{"}, "Enter a valid JSON."),
        ({"mapping": "[]"}, "A mapping is an object of names and paths."),
        ({"mapping": '{"path": "/orders", "status": "s"}'}, "path starts with /"),
        ({"base_url": "shop.example"}, "Write an address such as"),
        ({"base_url": "http://169.254.169.254/"}, "which is not on the public net"),
        ({"token": "two\nlines"}, "printable"),
        ({"token": "naïve"}, "printable"),
        ({"fresh_for": "0"}, "greater than or equal to 1"),
        ({"slug": "e u"}, "Enter a valid"),
    ],
)
def test_a_shop_that_could_not_be_asked_is_not_saved(admin_client, change, said):
    page = saved(admin_client, **change)

    assert page.status_code == 200
    assert said in page.content.decode()
    assert not Shop.objects.exists()


def test_the_name_in_addresses_stays(admin_client):
    eu = shop("eu")

    saved(admin_client, eu.pk, slug="other")

    assert Shop.objects.get().slug == "eu"


def test_trying_the_connection_says_how_it_went(admin_client, httpserver):
    good, bad = rest_shop(httpserver, "good"), rest_shop(httpserver, "bad")
    Shop.objects.filter(pk=bad.pk).update(base_url=httpserver.url_for("/nowhere"))
    httpserver.expect_request("/orders/TEST-0").respond_with_data("no", status=404)
    httpserver.expect_request("/nowhere/orders/TEST-0").respond_with_data(TOKEN, status=401)

    page = admin_client.post(
        "/admin/orders/shop/",
        {"action": "test_connection", "_selected_action": [good.pk, bad.pk]},
        follow=True,
    ).content.decode()

    assert "GOOD answered in" in page
    assert "The shop BAD refuses: it answered 401. •••" in page
    assert TOKEN not in page


def test_a_dump_holds_sealed_tokens_and_can_be_loaded(admin_client, tmp_path):
    saved(admin_client)
    file = tmp_path / "shops.json"

    call_command("dumpdata", "orders.shop", output=str(file))
    Shop.objects.all().delete()
    call_command("loaddata", str(file), verbosity=0)

    assert TOKEN not in file.read_text()
    assert Shop.objects.get().token.reveal() == TOKEN


def test_orders_can_be_looked_at_and_not_changed(admin_client):
    made = order(number="A-1", email="<b>x</b>@home.example")

    page = admin_client.get(f"/admin/orders/order/{made.pk}/change/").content.decode()

    assert "A-1" in page
    assert "<b>x" not in page
    assert admin_client.get("/admin/orders/order/add/").status_code == 403
    assert admin_client.post(f"/admin/orders/order/{made.pk}/delete/").status_code == 403


@pytest.mark.parametrize("count", [1, 9])
def test_the_lists_take_the_same_number_of_queries_however_long(
    admin_client, count, django_assert_num_queries
):
    for _ in range(count):
        order()

    with django_assert_num_queries(6):
        admin_client.get("/admin/orders/order/?q=A-1")
