"""Tickets in the administration: to look at."""

from datetime import UTC, datetime

import pytest

from apps.tickets.services.changing import add_tags
from tests.make.tickets import ticket

pytestmark = pytest.mark.django_db


def test_tickets_are_listed_found_and_shown(admin_client, django_assert_max_num_queries):
    made, other = ticket(subject="A broken vase"), ticket(text="Nothing")
    ticket()

    with django_assert_max_num_queries(12):
        page = admin_client.get("/admin/tickets/ticket/?q=vase").content.decode()

    assert "A broken vase" in page
    assert f"/{other.pk}/change" not in page
    shown = admin_client.get(f"/admin/tickets/ticket/{made.pk}/change/").content.decode()
    assert "Where is my parcel?" in shown
    assert 'name="_save"' not in shown


@pytest.mark.parametrize("path", ["ticket", "message", "attachment", "tag"])
def test_nothing_is_written_here(admin_client, path):
    add_tags(ticket_id=ticket().pk, tags=["a"], at=datetime(2026, 11, 20, tzinfo=UTC))

    assert admin_client.get(f"/admin/tickets/{path}/").status_code == 200
    assert admin_client.get(f"/admin/tickets/{path}/?q=a").status_code == 200
    assert admin_client.get(f"/admin/tickets/{path}/add/").status_code == 403
