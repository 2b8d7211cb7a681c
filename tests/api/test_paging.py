"""Lists by pages: complete, without repeats, while rows come and go."""

import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest

from tests.make.tickets import customer, ticket

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def numbers(page):
    return [row["id"] for row in page["results"]]


def follow(caller, address, link="next"):
    """Every page from here, in the order in which it is met; and the last page."""
    pages, page = [], {}
    while address:
        headers = {"Authorization": f"Bearer {caller.text}"}
        page = caller.client.get(address, headers=headers).json()
        pages.append(numbers(page))
        address = page[link]
    return pages, page


def flat(pages):
    return list(chain.from_iterable(pages))


@pytest.fixture
def asked():
    """Seven tickets; the three in the middle are of the same moment."""
    asker = customer()
    moments = [0, 1, 2, 2, 2, 3, 4]
    made = [ticket(customer=asker, at=NOON + timedelta(hours=hours)) for hours in moments]
    return [row.pk for row in made]


@pytest.mark.parametrize("sort", ["updated_at", "created_at"])
def test_pages_show_each_row_once_in_both_directions(caller, asked, sort):
    up, _ = follow(caller, f"/api/v1/tickets/?page_size=2&sort={sort}")
    down, last = follow(caller, f"/api/v1/tickets/?page_size=2&sort=-{sort}")
    back, _ = follow(caller, last["previous"], "previous")

    assert flat(up) == asked
    assert flat(down) == asked[::-1]
    assert flat(back[::-1]) == asked[::-1][:6]


def test_a_row_that_comes_or_goes_neither_repeats_nor_hides_another(caller, asked):
    first = caller.get("tickets/?page_size=3&sort=-created_at").json()
    ticket()

    rest, _ = follow(caller, first["next"])

    assert numbers(first) + flat(rest) == asked[::-1]


def test_the_last_page_ends_the_list(caller, asked):
    page = caller.get("tickets/?page_size=7").json()

    assert (page["next"], page["previous"]) == (None, None)


def token(*values):
    return urlsafe_b64encode(json.dumps(list(values)).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "ä",
        "%%%",
        token("updated_at", False, NOON.isoformat(), 1),
        token("-updated_at", False, 1),
        token("-updated_at", False, "noon", 1),
        token("-updated_at", False, "2026-11-20T12:00:00", 1),
        token("-updated_at", 7, NOON.isoformat(), 1),
        token("-updated_at", False, NOON.isoformat(), [1]),
        token("-updated_at", False, NOON.isoformat(), "x"),
        token("-updated_at", False, NOON.isoformat(), 1.5),
    ],
)
def test_a_cursor_that_was_never_ours_is_refused(caller, cursor):
    assert caller.get(f"tickets/?cursor={cursor}").status_code == 400


def test_a_cursor_to_nowhere_finds_an_empty_page(caller, asked):
    beyond = token("-updated_at", False, "0001-01-01T00:00:00+00:00", 10**30)

    page = caller.get(f"tickets/?cursor={beyond}").json()

    assert page == {"next": None, "previous": None, "results": []}
