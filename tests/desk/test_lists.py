"""The ticket list: views, filters, search, pages, and how much it asks of the database."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client

from apps.desk.place import Place
from apps.desk.queries.lists import decoded, page_of, tickets_at, waiting_in_views
from apps.tickets.services.changing import assign_ticket, change_status, change_team, mention_order
from apps.tickets.services.spam import mark_spam
from tests.desk.conftest import part
from tests.make.tickets import customer, person, team, ticket

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 12, 12, 0, tzinfo=UTC)
VIEWS = ("mine", "unassigned", "team", "all")


def numbers(place: Place, me, **fields) -> list[int]:
    return [each.pk for each in page_of(place, me, **fields).tickets]


def test_each_view_shows_its_own_tickets(ada):
    returns = team("Returns")
    ada.teams.add(returns)
    mine, ours, free = ticket(), ticket(), ticket()
    assign_ticket(ticket_id=mine.pk, to=ada, at=NOON)
    change_team(ticket_id=ours.pk, team_id=returns.pk, at=NOON)
    assign_ticket(ticket_id=ours.pk, to=person(), at=NOON)

    shown = {view: set(numbers(Place(view=view), ada)) for view in VIEWS}

    assert shown == {
        "mine": {mine.pk},
        "unassigned": {free.pk},
        "team": {ours.pk},
        "all": {mine.pk, ours.pk, free.pk},
    }
    waiting = waiting_in_views(ada)
    assert waiting == {"mine": 1, "unassigned": 1, "team": 1, "all": 3, "spam": 0}


def test_spam_is_in_a_view_of_its_own_and_in_no_other(ada):
    returns = team("Returns")
    ada.teams.add(returns)
    junk = ticket("Cheap watches", subject="Watches", team_id=returns.pk)
    assign_ticket(ticket_id=junk.pk, to=ada, at=NOON)
    mark_spam(ticket_id=junk.pk, by=ada, at=NOON)
    other = ticket("About watches", subject="Watches")

    shown = {view: numbers(Place(view=view), ada) for view in (*VIEWS, "spam")}

    assert shown == {
        "mine": [],
        "unassigned": [other.pk],
        "team": [],
        "all": [other.pk],
        "spam": [junk.pk],
    }
    assert numbers(Place(view="spam", words="watches", status="any"), ada) == [junk.pk]
    assert numbers(Place(words="watches", status="any"), ada) == [other.pk]
    assert waiting_in_views(ada)["spam"] == 1


@pytest.mark.parametrize(("view", "index"), [("spam", "ticket_spam"), ("all", "ticket_latest")])
def test_lists_read_their_rows_in_the_order_of_an_index(ada, view, index):
    for number in range(3):
        ticket(is_spam=number == 0)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")

    plan = tickets_at(Place(view=view, status="any"), ada)[:50].explain()

    assert f"using {index} " in plan
    assert "Sort" not in plan


def test_each_filter_shows_its_own_statuses(ada):
    made = {status: ticket() for status in ("new", "open", "pending", "on_hold", "solved")}
    for status, each in made.items():
        if status != "new":
            change_status(ticket_id=each.pk, status=status, at=NOON)

    shown = {
        name: set(numbers(Place(status=name), ada))
        for name in ("open", "pending", "solved", "any")
    }

    assert shown == {
        "open": {made["new"].pk, made["open"].pk},
        "pending": {made["pending"].pk, made["on_hold"].pk},
        "solved": {made["solved"].pk},
        "any": {each.pk for each in made.values()},
    }


def test_pages_follow_each_other_without_gap_or_repetition_though_times_are_equal(ada):
    made = [ticket(at=NOON + timedelta(minutes=minute // 3)) for minute in range(10)]

    seen, after = [], ""
    while True:
        page = page_of(Place(), ada, after=after, size=3)
        seen += [each.pk for each in page.tickets]
        after = page.after
        if not after:
            break

    assert seen == [each.pk for each in reversed(made)]


@pytest.mark.parametrize(
    ("changed", "number"),
    [
        ("2024-01-01T00:00:00+20:00", "5"),
        ("2024-01-01T00:00:00-23:59:59", "5"),
        ("0001-01-01T00:00:00+20:00", "5"),
        ("9999-12-31T23:00:00-20:00", "5"),
        ("2024-01-01T00:00:00+00:00", "9" * 30),
        ("2024-01-01T00:00:00+00:00", "-" + "9" * 30),
        ("2024-01-01T00:00:00+00:00", "9" * 5000),
    ],
)
def test_a_cursor_of_any_time_and_number_is_answered(desk, changed, number):
    cursor = urlsafe_b64encode(f"{changed} {number}".encode()).decode().rstrip("=")

    assert desk.get("/", {"after": cursor}).status_code == 200
    assert desk.get("/", {"after": cursor}, headers=part("div#rows-more")).status_code == 200


@pytest.mark.parametrize("cursor", ["", "x", "%%%", "MjAyNi0xMS0xMiA3", "é", "A" * 5000])
def test_a_cursor_that_was_never_given_out_starts_at_the_top(desk, cursor):
    number = ticket().pk

    page = desk.get("/", {"after": cursor})

    assert decoded(cursor) is None
    assert f'id="t-{number}"' in page.content.decode()


@pytest.mark.parametrize(
    "words",
    [
        "lantern",
        "LANT",
        "grüne laterne",
        "ida@home.example",
        "Ida",
        "a-1042",
        "parcel arr",
        "{pk}",
        "#{pk}",
    ],
)
def test_search_finds_a_ticket_by_what_people_remember_of_it(ada, words):
    ida = customer("ida@home.example", name="Ida Rhodes")
    wanted = ticket("The parcel arrived open.", subject="Grüne Laterne, lantern", customer=ida)
    mention_order(ticket_id=wanted.pk, source="shop", number="A-1042", belongs=True, at=NOON)
    change_status(ticket_id=wanted.pk, status="solved", at=NOON)
    ticket(subject="Something else", text="Nothing to see.")

    place = Place.of({"q": words.format(pk=wanted.pk)})

    assert numbers(place, ada) == [wanted.pk]


@pytest.mark.parametrize(
    "words", ["%", "'", "'; --", "\\", "a & | !", "(", ":*", "<->", "\x00", "😀"]
)
def test_search_takes_whatever_is_typed(desk, words):
    ticket()

    assert desk.get("/", {"q": words}).status_code == 200


def test_an_empty_list_says_why(desk):
    assert "Nothing waits here" in desk.get("/").content.decode()
    assert "No ticket matches “blorb”" in desk.get("/", {"q": "blorb"}).content.decode()


def test_a_list_asks_the_same_of_the_database_however_long_it_is(desk, django_assert_num_queries):
    for _ in range(3):
        assign_ticket(ticket_id=ticket().pk, to=person(), at=NOON)
    desk.get("/")

    with django_assert_num_queries(11):
        desk.get("/")
    for _ in range(20):
        assign_ticket(ticket_id=ticket().pk, to=person(), at=NOON)
    with django_assert_num_queries(11):
        desk.get("/")


def test_a_refresh_sends_only_rows_as_many_as_the_page_has(desk):
    for _ in range(4):
        ticket()

    page = desk.get("/", {"size": "3"}, headers=part("div#rows")).content.decode()

    assert page.count('class="row ') == 3
    assert "<html" not in page
    assert 'id="rows-more"' in page
    assert 'hx-target="#count-all"' in page
    assert 'hx-target="#filters"' in page


@pytest.mark.parametrize("size", ["", "-1", "0", "x", "9" * 5000, "\N{SUPERSCRIPT TWO}"])
def test_a_refresh_of_any_size_is_answered(desk, size):
    ticket()

    page = desk.get("/", {"size": size}, headers=part("div#rows"))

    assert page.status_code == 200
    assert page.content.decode().count('class="row ') == 1


def test_typing_a_search_sends_the_list_and_its_new_address(desk):
    ticket(subject="A green lantern")
    here = {"HX-Current-URL": "http://testserver/?view=mine"}

    answer = desk.get("/", {"q": "lantern"}, headers=part("section#list", **here))

    assert answer["HX-Replace-Url"] == "/?q=lantern"
    assert "<h1>Search</h1>" in answer.content.decode()


def test_a_search_beside_a_ticket_leaves_the_tickets_address_alone(desk):
    here = {"HX-Current-URL": "http://testserver/tickets/7/"}

    answer = desk.get("/", {"q": "lantern"}, headers=part("section#list", **here))

    assert "HX-Replace-Url" not in answer


@pytest.mark.parametrize("here", ["", "x", "http://[", "http://]:99999999/", "//"])
def test_a_search_from_an_address_that_is_none_is_answered(desk, here):
    headers = part("section#list", **{"HX-Current-URL": here})

    assert desk.get("/", {"q": "lantern"}, headers=headers).status_code == 200


def test_hostile_subjects_and_names_are_only_text(desk):
    evil = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
    ticket(evil, subject=evil, customer=customer(name=evil))

    page = desk.get("/").content.decode()

    assert "<script>alert" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_list_is_private_to_the_browser(desk: Client):
    answer = desk.get("/")

    assert "private" in answer["Cache-Control"]
    assert {"Cookie", "HX-Request", "HX-Target"} <= set(answer["Vary"].split(", "))
