"""The ticket page: what it shows, what agents do on it, what is refused and kept."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from apps.coordination.models import Event
from apps.tickets.models import Message
from apps.tickets.services.changing import change_status, set_tags
from apps.tickets.services.conversing import receive_message
from apps.tickets.types import NewMessage
from tests.desk.conftest import part
from tests.make.tickets import person, team, ticket

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 12, 12, 0, tzinfo=UTC)
KEY = "0123456789abcdef"
MOST_QUERIES = 30


def seen(made) -> int:
    return Event.objects.filter(stream=made.stream).count()


def said(**fields) -> dict[str, str]:
    return {"kind": "reply", "text": "It is on its way.", "key": KEY} | fields


def test_a_reply_is_queued_once_however_often_it_is_sent(desk, ada):
    made = ticket()

    first = desk.post(f"/tickets/{made.pk}/write/", said(seen=seen(made)))
    second = desk.post(f"/tickets/{made.pk}/write/", said(seen=seen(made)))

    assert [first.status_code, second.status_code] == [302, 302]
    reply = Message.objects.get(kind="outgoing")
    assert (reply.text, reply.delivery, reply.author) == ("It is on its way.", "queued", ada)
    made.refresh_from_db()
    assert made.status == "pending"


def test_sending_and_solving_solves(desk):
    made = ticket()

    desk.post(f"/tickets/{made.pk}/write/", said(then="solve"))

    made.refresh_from_db()
    assert made.status == "solved"


def test_a_reply_on_a_solved_ticket_leaves_it_solved(desk):
    made = ticket()
    change_status(ticket_id=made.pk, status="solved", at=NOON)

    desk.post(f"/tickets/{made.pk}/write/", said())

    made.refresh_from_db()
    assert made.status == "solved"
    assert Message.objects.filter(kind="outgoing").count() == 1


def test_a_note_reaches_colleagues_only(desk):
    made = ticket()

    desk.post(f"/tickets/{made.pk}/write/", said(kind="note", text="She called, too."))

    note = Message.objects.get(kind="note")
    assert (note.text, note.delivery, note.to) == ("She called, too.", "", "")


def test_a_reply_that_crosses_with_a_new_message_is_held_back_once_with_its_text(desk):
    made = ticket()
    before = seen(made)
    receive_message(
        ticket_id=made.pk,
        customer_id=made.customer_id,
        message=NewMessage(text="It came!"),
        at=timezone.now(),
    )

    held = desk.post(f"/tickets/{made.pk}/write/", said(seen=before))

    page = held.content.decode()
    assert held.status_code == 409
    assert "The customer wrote (just now)" in page
    assert "It is on its way.</textarea>" in page
    assert f'name="key" value="{KEY}"' in page
    assert not Message.objects.filter(kind="outgoing").exists()
    desk.post(f"/tickets/{made.pk}/write/", said(seen=seen(made)))
    assert Message.objects.filter(kind="outgoing").count() == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"text": "  \n "}, "Write something first."),
        ({"text": "x" * 100_001}, "longer than a mail may be"),
        ({"key": "no"}, "The page was damaged"),
        ({"key": ""}, "The page was too old"),
    ],
)
def test_what_cannot_be_sent_says_why_and_is_still_there(desk, changes, told):
    made = ticket()

    answer = desk.post(f"/tickets/{made.pk}/write/", said(**changes))

    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not Message.objects.filter(kind="outgoing").exists()


def test_a_closed_ticket_takes_no_reply(desk):
    made = ticket()
    change_status(ticket_id=made.pk, status="closed", at=NOON)

    answer = desk.post(f"/tickets/{made.pk}/write/", said())

    assert answer.status_code == 409
    assert not Message.objects.filter(kind="outgoing").exists()


def test_a_script_gets_the_ticket_back_with_an_empty_box(desk):
    made = ticket()

    answer = desk.post(f"/tickets/{made.pk}/write/", said(), headers=part("section#pane"))

    page = answer.content.decode()
    assert answer.status_code == 200
    assert answer["HX-Trigger"] == "desk:changed"
    assert "Queued" in page
    assert "></textarea>" in page.split('name="text"')[1]
    assert KEY not in page


def properties(made, **fields) -> dict[str, str]:
    """The form as the page had it."""
    return {
        "do": "save",
        "seen": str(seen(made)),
        "status": made.status,
        "priority": str(made.priority),
        "owner": str(made.owner_id or ""),
        "team": str(made.team_id or ""),
        "tags": "",
    } | {name: str(value) for name, value in fields.items()}


def test_saving_the_properties_changes_just_what_was_changed(desk, ada):
    made, returns = ticket(), team("Returns")

    form = properties(made, priority=4, owner=ada.pk, team=returns.pk, tags="Late, VIP\nlate")
    answer = desk.post(f"/tickets/{made.pk}/change/", form)

    assert answer.status_code == 302
    made.refresh_from_db()
    assert (made.status, made.priority, made.owner, made.team) == ("new", 4, ada, returns)
    assert {tag.name for tag in made.tags.all()} == {"late", "vip"}
    told = Event.objects.filter(stream=made.stream, actor=f"user:{ada.pk}")
    assert set(told.values_list("type", flat=True)) == {
        "PriorityChanged",
        "OwnerChanged",
        "TeamChanged",
        "TagsChanged",
    }


def test_the_buttons_take_solve_and_open_again(desk, ada):
    made = ticket()

    for do in ("take", "solve", "reopen"):
        desk.post(f"/tickets/{made.pk}/change/", {"do": do, "seen": seen(made)})

    made.refresh_from_db()
    assert (made.owner, made.status) == (ada, "open")


def test_a_stale_change_is_refused_with_what_changed(desk):
    made, bo = ticket(), person(first_name="Bo")
    stale = properties(made, status="solved")
    change_status(ticket_id=made.pk, status="pending", by=bo, at=timezone.now())

    answer = desk.post(f"/tickets/{made.pk}/change/", stale, headers=part("form"))

    assert answer.status_code == 409
    assert "Bo set the status to pending (just now)" in answer.content.decode()
    made.refresh_from_db()
    assert made.status == "pending"


def test_a_change_beside_a_colleagues_change_keeps_both(desk):
    made, bo = ticket(), person()
    stale = properties(made, priority=4, tags="mine")
    change_status(ticket_id=made.pk, status="pending", by=bo, at=timezone.now())
    set_tags(ticket_id=made.pk, tags=["theirs"], by=bo, at=timezone.now())

    answer = desk.post(f"/tickets/{made.pk}/change/", stale)

    assert answer.status_code == 302
    made.refresh_from_db()
    assert (made.status, made.priority) == ("pending", 4)
    assert {tag.name for tag in made.tags.all()} == {"mine", "theirs"}


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("status", "melted", 422),
        ("priority", "9", 422),
        ("owner", "999999", 422),
        ("owner", "9" * 30, 422),
        ("owner", "9" * 5000, 422),
        ("owner", "\x00", 422),
        ("team", "x", 422),
        ("team", "-" + "9" * 30, 422),
        ("priority", "9" * 5000, 422),
        ("seen", "9" * 5000, 422),
        ("seen", "-1", 422),
        ("tags", "a" * 41, 422),
        ("tags", ",".join(f"t{n}" for n in range(31)), 422),
        ("status", "new", 409),
    ],
)
def test_an_impossible_change_is_told_and_changes_nothing(desk, field, value, status):
    made = ticket()
    change_status(ticket_id=made.pk, status="open", at=NOON)
    made.refresh_from_db()
    before = seen(made)

    answer = desk.post(
        f"/tickets/{made.pk}/change/", properties(made, **{field: value}), headers=part("form")
    )

    assert answer.status_code == status
    assert "Nothing was changed" in answer.content.decode()
    assert seen(made) == before


@pytest.mark.parametrize("place", [2**31, 2**63, 10**30])
def test_a_place_behind_the_end_of_the_story_is_answered(desk, place):
    made = ticket()

    changed = desk.post(f"/tickets/{made.pk}/change/", properties(made, seen=place, priority=4))
    wrote = desk.post(f"/tickets/{made.pk}/write/", said(seen=place))

    assert (changed.status_code, wrote.status_code) == (302, 302)


def test_a_program_cannot_be_given_a_ticket(desk):
    made, robot = ticket(), person(role="service")

    answer = desk.post(f"/tickets/{made.pk}/change/", properties(made, owner=robot.pk))

    assert answer.status_code == 409
    made.refresh_from_db()
    assert made.owner is None
