"""CRMs in the admin: set up with care, tried with one click, their secrets never shown."""

import json

import pytest

from apps.crm.models import Connection, Contact
from tests.make.crm import MAPPING, SECRET, TOKEN, connection, contact, note, rest_connection

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _our_own_machine(settings):
    settings.SUPPORTCOORD_ALLOW_PRIVATE_HOSTS = ["127.0.0.1", "localhost"]


def saved(admin_client, pk="add", **changes):
    fields = {
        "name": "Hub",
        "slug": "hub",
        "adapter": "rest",
        "is_active": "on",
        "base_url": "https://crm.example/api",
        "token": TOKEN,
        "mapping": json.dumps(MAPPING),
        "webhook_secret": SECRET,
    }
    where = f"/admin/crm/connection/{pk}/" + ("" if pk == "add" else "change/")
    return admin_client.post(where, fields | changes, follow=True)


def test_a_connection_is_made_and_its_secrets_are_never_shown(admin_client):
    page = saved(admin_client).content
    hub = Connection.objects.get()

    page += admin_client.get(f"/admin/crm/connection/{hub.pk}/change/").content
    page += admin_client.get(f"/admin/crm/connection/{hub.pk}/history/").content

    assert (hub.token.reveal(), hub.webhook_secret.reveal()) == (TOKEN, SECRET)
    assert "token, webhook secret" in page.decode()
    assert "/api/v1/crm/hub/webhook/" in page.decode()
    for text in (TOKEN, SECRET, "sealed:"):
        assert text not in page.decode()


def test_empty_secrets_keep_the_stored_ones(admin_client):
    saved(admin_client)
    hub = Connection.objects.get()

    saved(admin_client, hub.pk, token="", webhook_secret="", name="Europe")

    hub.refresh_from_db()
    assert (hub.name, hub.token.reveal(), hub.webhook_secret.reveal()) == ("Europe", TOKEN, SECRET)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"mapping": "{}"}, "search_path is missing."),
        ({"mapping": "nonsense"}, "Enter a valid JSON."),
        ({"base_url": "http://localhost.invalid:0/"}, "Write an address such as"),
        ({"base_url": "http://[::1]/"}, "which is not on the public net"),
        ({"webhook_secret": "hunter2"}, "A signing secret is whsec_ and the base64"),
        ({"webhook_secret": "whsec_" + "é"}, "printable ASCII"),
        ({"slug": ""}, "This field is required."),
    ],
)
def test_a_connection_that_could_not_be_asked_is_not_saved(admin_client, change, said):
    page = saved(admin_client, **change)

    assert said in page.content.decode()
    assert "hunter2" not in page.content.decode()
    assert not Connection.objects.exists()


def test_trying_a_connection_says_how_it_went(admin_client, httpserver):
    good, bad, off = (
        connection("good"),
        rest_connection(httpserver, "bad"),
        connection("off", is_active=False),
    )
    httpserver.expect_request("/contacts").respond_with_data(TOKEN, status=403)

    page = admin_client.post(
        "/admin/crm/connection/",
        {"action": "test_connection", "_selected_action": [good.pk, bad.pk, off.pk]},
        follow=True,
    ).content.decode()

    assert "and can be searched." in page
    assert "The CRM BAD refuses: it answered 403. •••" in page
    assert "The CRM OFF is switched off here." in page
    assert TOKEN not in page


def test_contacts_and_notes_can_be_looked_at_and_not_changed(admin_client):
    told = note(contact(name="<b>Ada</b>"), about="ticket:42")

    pages = [
        admin_client.get(f"/admin/crm/contact/{told.contact_id}/change/"),
        admin_client.get(f"/admin/crm/note/{told.pk}/change/"),
        admin_client.get("/admin/crm/contact/?q=ada@home.example"),
        admin_client.get("/admin/crm/note/?q=ticket:42"),
    ]

    assert [page.status_code for page in pages] == [200] * 4
    assert all("<b>Ada" not in page.content.decode() for page in pages)
    assert admin_client.get("/admin/crm/note/add/").status_code == 403
    assert admin_client.post(f"/admin/crm/note/{told.pk}/delete/").status_code == 403


@pytest.mark.parametrize("count", [1, 9])
def test_the_lists_take_the_same_number_of_queries_however_long(
    admin_client, count, django_assert_num_queries
):
    for number in range(count):
        note(contact(external_id=str(number)))

    with django_assert_num_queries(6):
        admin_client.get("/admin/crm/contact/")
    with django_assert_num_queries(6):
        admin_client.get("/admin/crm/note/")
    assert Contact.objects.count() == count
