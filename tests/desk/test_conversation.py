"""The conversation on the ticket page: in order, bounded, and only text."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from apps.coordination.models import Event
from apps.desk.queries import tickets
from apps.tickets.services.changing import assign_ticket, set_tags
from apps.tickets.services.conversing import receive_message, write_note, write_reply
from apps.tickets.services.delivering import change_delivery
from apps.tickets.services.following import follow
from apps.tickets.types import NewAttachment, NewMessage
from tests.desk.conftest import part
from tests.make.tickets import customer, person, ticket

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 12, 12, 0, tzinfo=UTC)
KEY = "0123456789abcdef"
MOST_QUERIES = 30
MOST_WITH_MAILS = MOST_QUERIES + 1


def seen(made) -> int:
    return Event.objects.filter(stream=made.stream).count()


def said(**fields) -> dict[str, str]:
    return {"kind": "reply", "text": "It is on its way.", "key": KEY} | fields


def test_a_refresh_leaves_the_composer_alone(desk):
    made = ticket()

    page = desk.get(f"/tickets/{made.pk}/live/", headers=part("article")).content.decode()

    assert '<textarea class="composer-text"' not in page
    assert f'name="seen" value="{seen(made)}"' in page
    assert page.count("<hx-partial") == 4


def test_the_conversation_tells_what_was_said_and_done_in_order(desk, ada):
    made, bo = ticket("Where is my parcel?"), person(first_name="Bo")
    assign_ticket(ticket_id=made.pk, to=ada, by=bo, why="she knows parcels", at=timezone.now())
    write_note(ticket_id=made.pk, text="Asked the depot.", by=bo, key="n", at=timezone.now())

    page = desk.get(f"/tickets/{made.pk}/").content.decode()

    places = [
        page.index(text)
        for text in (
            '<p dir="auto">Where is my parcel?',
            "gave it to Ada King",
            "Asked the depot.",
        )
    ]
    assert places == sorted(places)
    assert "she knows parcels" in page


@pytest.mark.parametrize(
    ("delivery", "told"),
    [("sending", "Sending"), ("sent", "Sent"), ("failed", "Not sent")],
)
def test_a_reply_says_where_it_is_on_its_way_and_no_more(desk, ada, delivery, told):
    made = ticket()
    reply = write_reply(ticket_id=made.pk, text="Soon.", by=ada, key="r", at=NOON)
    change_delivery(message_id=reply.pk, delivery=delivery, error="550 no such box", at=NOON)

    page = desk.get(f"/tickets/{made.pk}/").content.decode()

    assert f">{told}</span>" in page
    assert (">Sent</span>" in page) == (delivery == "sent")


def test_hostile_text_is_only_text_everywhere(desk, ada):
    evil = "</textarea><script>alert(1)</script>"
    made = ticket(evil, subject=evil, customer=customer("e@home.example", name=evil))
    write_note(ticket_id=made.pk, text=evil, by=ada, key="n", at=NOON)
    set_tags(ticket_id=made.pk, tags=[evil[:40]], why=evil, at=NOON)

    page = desk.get(f"/tickets/{made.pk}/").content.decode()
    again = desk.post(f"/tickets/{made.pk}/write/", said(text=evil, key="")).content.decode()

    assert "<script>alert" not in page
    assert "<script>alert" not in again


def test_a_long_conversation_shows_its_end_first_and_all_of_it_on_demand(desk, ada):
    made = ticket()
    for n in range(65):
        at = NOON + timedelta(minutes=n)
        write_note(ticket_id=made.pk, text=f"Note {n}.", by=ada, key=f"n{n}", at=at)

    page = desk.get(f"/tickets/{made.pk}/").content.decode()
    whole = desk.get(f"/tickets/{made.pk}/", {"whole": "1"}).content.decode()

    assert page.count('class="message ') == 60
    assert "Show 6 earlier messages" in page
    assert whole.count('class="message ') == 66


def test_even_all_of_a_conversation_has_an_end(desk, ada, monkeypatch):
    monkeypatch.setattr(tickets, "MOST_OF_ALL", 3)
    made = ticket()
    for n in range(4):
        at = NOON + timedelta(minutes=n)
        write_note(ticket_id=made.pk, text=f"Note {n}.", by=ada, key=f"n{n}", at=at)

    whole = desk.get(f"/tickets/{made.pk}/", {"whole": "1"}).content.decode()

    assert whole.count('class="message ') == 3
    assert "Note 3." in whole
    assert "2 earlier messages are not shown here." in whole
    assert "whole=1" not in whole


@pytest.mark.parametrize("table", ["coordination_event", "tickets_message"])
def test_what_arrives_while_a_page_is_read_is_never_seen_unless_it_is_shown(table):
    made = ticket()
    arrived = []

    def arriving(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if not arrived and f'FROM "{table}"' in sql:
            arrived.append(True)
            mail = NewMessage(text="It came!")
            receive_message(
                ticket_id=made.pk, customer_id=made.customer_id, message=mail, at=timezone.now()
            )
        return result

    with connection.execute_wrapper(arriving):
        story = tickets.story_of(made)

    assert arrived
    assert seen(made) > story.seen or "It came!" in [each.text for each in story.messages]


def test_a_ticket_asks_the_same_of_the_database_however_long_it_is(
    desk, ada, django_assert_max_num_queries
):
    made = ticket()

    def grow(upto: int) -> None:
        for n in range(upto):
            text, at = f"Note {n}.", timezone.now()
            write_note(ticket_id=made.pk, text=text, by=ada, key=f"{upto}.{n}", at=at)

    pane = part("section#pane")
    grow(2)
    desk.get(f"/tickets/{made.pk}/", headers=pane)
    with django_assert_max_num_queries(MOST_QUERIES):
        desk.get(f"/tickets/{made.pk}/", headers=pane)
    grow(30)
    with django_assert_max_num_queries(MOST_QUERIES):
        desk.get(f"/tickets/{made.pk}/", headers=pane)


def test_mails_with_files_and_replies_on_their_way_ask_no_more_of_the_database(
    desk, ada, django_assert_max_num_queries
):
    made = ticket()
    follow(ticket_id=made.pk, addresses=["a@home.example"], by=ada, at=timezone.now())
    for n in range(6):
        file = NewAttachment(name=f"{n}.txt", content_type="text/plain", data=b"a")
        mail = NewMessage(
            text="Hello", html="<p>Hello</p>", cc="b@home.example", attachments=(file,)
        )
        who, at = {"ticket_id": made.pk, "customer_id": made.customer_id}, timezone.now()
        receive_message(message=mail, at=at, **who)
        reply = {"text": "Soon.", "by": ada, "key": f"r{n}", "hold_seconds": 15, "at": at}
        write_reply(ticket_id=made.pk, attachments=(file,), **reply)

    pane = part("section#pane")
    desk.get(f"/tickets/{made.pk}/", headers=pane)
    with django_assert_max_num_queries(MOST_WITH_MAILS):
        desk.get(f"/tickets/{made.pk}/", headers=pane)
    with django_assert_max_num_queries(MOST_QUERIES):
        desk.get(f"/tickets/{made.pk}/live/", headers=pane)
