"""Tickets over REST: opened, found, read, changed."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest

from apps.coordination.models import Event
from apps.customers.models import Customer
from apps.tickets.models import Attachment, Message, Ticket
from apps.tickets.services.changing import add_tags, change_priority, change_status
from tests.api.client import Caller
from tests.make.tickets import customer, person, team, ticket

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def asked(**more):
    return {
        "customer": {"email": "Ada@Home.example", "name": "Ada Lovelace"},
        "subject": "Where is my parcel?",
        "text": "Order A-1042 has not come.",
        **more,
    }


def found(answer):
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def test_a_new_ticket_is_answered_whole_and_says_where_it_is(caller):
    returns = team("Returns")

    answer = caller.post(
        "tickets/", asked(priority="high", team=returns.pk, tags=["VIP", "parcel"])
    )

    made = Ticket.objects.get()
    assert answer.status_code == 201
    assert answer["Location"] == f"/api/v1/tickets/{made.pk}/"
    assert answer["ETag"] == f'"{made.version}"'
    body = answer.json()
    assert body == caller.get(f"tickets/{made.pk}/").json()
    assert body["customer"] == {
        "id": made.customer_id,
        "name": "Ada Lovelace",
        "email": "ada@home.example",
    }
    assert (body["status"], body["priority"], body["channel"]) == ("new", "high", "api")
    assert (body["team"], body["owner"], body["tags"]) == (returns.pk, None, ["parcel", "vip"])
    assert body["preview"] == "Order A-1042 has not come."


def test_a_known_customer_is_named_by_id_or_found_by_address(caller):
    ada = customer("ada@home.example")

    first = caller.post("tickets/", asked())
    second = caller.post("tickets/", asked(customer={"id": ada.pk}))

    assert [answer.json()["customer"]["id"] for answer in (first, second)] == [ada.pk, ada.pk]
    assert Customer.objects.count() == 1


@pytest.mark.parametrize(
    "who", [{}, {"id": 1, "email": "a@b.example"}, {"name": "Ada"}, {"id": 0}]
)
def test_a_ticket_needs_one_customer(caller, who):
    answer = caller.post("tickets/", asked(customer=who))

    assert answer.status_code == 400
    assert not Ticket.objects.exists()


def test_files_come_as_base64_and_go_out_as_bytes(caller):
    file = {"name": "../../bill.pdf", "content": b64encode(b"%PDF").decode()}

    answer = caller.post("tickets/", asked(attachments=[file]))

    number, kept = answer.json()["id"], Attachment.objects.get()
    (shown,) = caller.get(f"tickets/{number}/messages/").json()["results"]
    (told,) = shown["attachments"]
    assert (told["id"], told["name"], told["size"]) == (kept.pk, "bill.pdf", 4)
    content = caller.get(f"tickets/{number}/attachments/{kept.pk}/")
    assert b"".join(content.streaming_content) == b"%PDF"
    assert content["Content-Type"] == "application/octet-stream"
    assert content["Content-Disposition"] == 'attachment; filename="bill.pdf"'
    assert content["X-Content-Type-Options"] == "nosniff"


def test_a_file_of_another_ticket_is_not_found(caller):
    file = {"name": "bill.pdf", "content": "aGk="}
    caller.post("tickets/", asked(attachments=[file]))

    answer = caller.get(f"tickets/{ticket().pk}/attachments/{Attachment.objects.get().pk}/")

    assert answer.status_code == 404


def test_too_many_bytes_of_files_are_refused(caller):
    large = {"name": "film", "content": b64encode(b"x" * 9_000_000).decode()}

    one_too_large = caller.post(
        "tickets/", asked(attachments=[large | {"content": "A" * 14**6 * 2}])
    )
    together = caller.post("tickets/", asked(attachments=[large] * 3))

    assert one_too_large.json()["errors"][0]["detail"] == "This is larger than 10 MiB."
    assert "larger than 24 MiB" in together.json()["detail"]
    assert not Message.objects.exists()


def test_the_list_asks_the_database_a_fixed_number_of_times(caller, django_assert_num_queries):
    for _ in range(3):
        add_tags(ticket_id=ticket().pk, tags=["a", "b"], at=NOON)
    caller.get("tickets/")

    with django_assert_num_queries(5):
        caller.get("tickets/")


def test_one_ticket_asks_as_often(caller, django_assert_num_queries):
    made = ticket()
    caller.get("tickets/")

    with django_assert_num_queries(5):
        caller.get(f"tickets/{made.pk}/")


def test_tickets_are_found_by_their_properties(caller):
    ada, grace, returns, me = customer("ada@home.example"), customer(), team(), person()
    hers = ticket(customer=ada, at=NOON, team_id=returns.pk)
    other = ticket(customer=grace, at=NOON - timedelta(days=1), channel="form")
    Ticket.objects.filter(pk=other.pk).update(owner=me, label="refund")
    change_status(ticket_id=other.pk, status="open", at=NOON - timedelta(hours=1))
    change_priority(ticket_id=hers.pk, priority=4, at=NOON)
    add_tags(ticket_id=hers.pk, tags=["parcel"], at=NOON)

    for query in (
        "status=new",
        "status=new&status=closed",
        "priority=urgent",
        f"team={returns.pk}",
        f"customer={ada.pk}",
        "email=ADA@home.example",
        "tag=Parcel",
        "channel=mail",
        "unowned=true",
        "updated_since=2026-11-20T12:00:00Z",
    ):
        assert found(caller.get(f"tickets/?{query}")) == [hers.pk], query
    for query in (f"owner={me.pk}", "label=refund", "status=open", "unowned=false"):
        assert found(caller.get(f"tickets/?{query}")) == [other.pk], query
    assert found(caller.get("tickets/?status=new&status=open")) == [hers.pk, other.pk]


@pytest.mark.parametrize(
    "words", ["PARCEL", "ada%40home", "Lovelace", "has+not+co", "%23{number}", "{number}"]
)
def test_tickets_are_found_by_words_anywhere(caller, words):
    made = caller.post("tickets/", asked()).json()["id"]
    ticket(subject="Something else", text="Nothing to see")

    assert found(caller.get(f"tickets/?q={words.format(number=made)}")) == [made]


def test_words_that_look_like_a_query_language_are_just_words(caller):
    ticket()

    for words in (
        "%27+%7C+%27",
        "%26%26%21",
        "a%5C%27b",
        ":*",
        "%25_",
        "%E2%80%AE",
    ):
        assert caller.get(f"tickets/?q={words}").status_code == 200, words


def test_a_change_is_made_whole_and_the_timeline_says_who_and_why(caller):
    made, agent, returns = ticket(), person(), team()
    change = {
        "status": "open",
        "priority": "urgent",
        "team": returns.pk,
        "owner": agent.pk,
        "tags": ["Fragile"],
        "why": "Asked on the phone.",
    }

    answer = caller.patch(f"tickets/{made.pk}/", change, If_Match='"1"')

    body = answer.json()
    assert answer.status_code == 200
    assert {name: body[name] for name in ("status", "priority", "team", "owner", "tags")} == {
        "status": "open",
        "priority": "urgent",
        "team": returns.pk,
        "owner": agent.pk,
        "tags": ["fragile"],
    }
    assert answer["ETag"] == f'"{body["version"]}"'
    events = caller.get(f"tickets/{made.pk}/timeline/").json()["results"]
    assert [event["type"] for event in events] == [
        "TicketOpened",
        "MessageReceived",
        "PriorityChanged",
        "TeamChanged",
        "OwnerChanged",
        "TagsChanged",
        "StatusChanged",
    ]
    assert {event["why"] for event in events[2:]} == {"Asked on the phone."}
    assert len({event["actor"] for event in events[2:]}) == 1


def test_a_change_that_cannot_be_made_whole_is_not_made_at_all(caller):
    made = ticket()
    change_status(ticket_id=made.pk, status="closed", at=NOON)
    before = Event.objects.count()

    answer = caller.patch(f"tickets/{made.pk}/", {"priority": "urgent", "status": "open"})

    assert answer.status_code == 409
    assert answer.json()["code"] == "illegal_move"
    made.refresh_from_db()
    assert (made.priority, Event.objects.count()) == (2, before)


def test_a_program_cannot_own_a_ticket(caller):
    program = person(role="service")

    answer = caller.patch(f"tickets/{ticket().pk}/", {"owner": program.pk})

    assert (answer.status_code, answer.json()["code"]) == (409, "not_an_agent")


def test_an_empty_change_changes_nothing(caller):
    made = ticket()

    answer = caller.patch(f"tickets/{made.pk}/", {})

    assert (answer.status_code, answer["ETag"]) == (200, '"1"')


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "tickets/"), ("GET", "tickets/1/"), ("POST", "tickets/"), ("PATCH", "tickets/1/")],
)
def test_another_scope_opens_nothing(method, path, stranger):
    assert Caller("runs:read").ask(method, path, {}).status_code == 403
    assert stranger.ask(method, path, {}).status_code == 401
