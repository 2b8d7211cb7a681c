"""Customers in the administration."""

import pytest

from apps.customers.models import Customer
from tests.make.tickets import customer

pytestmark = pytest.mark.django_db


def form(*names, **fields):
    rows = {"identities-TOTAL_FORMS": len(names), "identities-INITIAL_FORMS": 0}
    for at, (kind, value) in enumerate(names):
        rows |= {f"identities-{at}-kind": kind, f"identities-{at}-value": value}
    return {"name": "Ada", "tier": "standard", **fields} | rows


def test_a_name_is_kept_in_the_spelling_under_which_it_is_found(admin_client):
    admin_client.post("/admin/customers/customer/add/", form(("email", "Ada@Home.EXAMPLE")))

    assert Customer.objects.get().email == "ada@home.example"


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("phone", "call me", "This is no phone."),
        ("email", "TAKEN@home.example", "already exists"),
    ],
)
def test_a_wrong_name_is_told(admin_client, kind, value, said):
    customer("taken@home.example")

    page = admin_client.post("/admin/customers/customer/add/", form((kind, value)))

    assert said in page.content.decode()
    assert Customer.objects.count() == 1


def test_customers_are_found_by_each_name(admin_client, django_assert_max_num_queries):
    customer("ada@home.example", name="Ada Lovelace")
    customer("grace@navy.example", name="Grace Hopper")

    with django_assert_max_num_queries(8):
        page = admin_client.get("/admin/customers/customer/?q=navy").content.decode()

    assert "Grace Hopper" in page
    assert "Ada Lovelace" not in page


def test_customers_are_not_removed(admin_client):
    assert (
        admin_client.post(f"/admin/customers/customer/{customer().pk}/delete/").status_code == 403
    )
