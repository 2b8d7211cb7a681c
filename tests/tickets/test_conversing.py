"""What is written on tickets, by whom, and what it does to them."""

import pytest
from django.utils import timezone

from apps.coordination.models import Event
from apps.core.errors import IllegalMove, Stale
from apps.tickets.models import Attachment, Message, Ticket
from apps.tickets.services.changing import (
    NotAnAgent,
    assign_ticket,
    change_priority,
    change_status,
    mention_order,
    set_tags,
    settle_label,
)
from apps.tickets.services.conversing import (
    EmptyMessage,
    NoAddress,
    TicketClosed,
    receive_message,
    write_note,
    write_reply,
)
from apps.tickets.services.delivering import change_delivery
from apps.tickets.types import NewAttachment, NewMessage
from tests.make.tickets import customer, person, team, ticket

pytestmark = pytest.mark.django_db


def now():
    return timezone.now()


def reply(asked, by, text="It is on its way.", key="k1", **fields):
    return write_reply(ticket_id=asked.pk, text=text, by=by, key=key, at=now(), **fields)


def types(asked):
    return list(
        Event.objects.filter(stream=asked.stream).order_by("seq").values_list("type", flat=True)
    )


def test_a_new_ticket_has_its_message_and_its_story():
    asked = ticket(text="Where is it?\n\nBest, Ada")

    message = asked.messages.get()
    assert (message.kind, message.customer) == ("incoming", asked.customer)
    assert (asked.status, asked.preview) == ("new", "Where is it? Best, Ada")
    assert types(asked) == ["TicketOpened", "MessageReceived"]


def test_a_reply_is_queued_and_the_ticket_waits_for_the_customer():
    asked, ada = ticket(), person()

    written = reply(asked, ada)

    asked.refresh_from_db()
    assert (written.delivery, written.to) == ("queued", asked.customer.email)
    assert asked.status == "pending"
    assert asked.first_answered_at == written.created_at
    assert types(asked)[-2:] == ["ReplyWritten", "StatusChanged"]


def test_the_same_reply_twice_is_written_once():
    asked, ada = ticket(), person()

    first, second = reply(asked, ada), reply(asked, ada)

    assert first == second
    assert types(asked).count("ReplyWritten") == 1


def test_an_empty_reply_is_refused_and_changes_nothing():
    asked = ticket()

    with pytest.raises(EmptyMessage):
        reply(asked, person(), text=" \n ")

    asked.refresh_from_db()
    assert (asked.status, asked.version) == ("new", 1)


def test_a_reply_to_what_changed_meanwhile_is_refused():
    asked, ada = ticket(), person()
    seen = asked.version
    change_priority(ticket_id=asked.pk, priority=4, by=ada, at=now())

    with pytest.raises(Stale):
        reply(asked, ada, version=seen)

    assert asked.messages.count() == 1


def test_a_customer_without_an_address_cannot_be_answered():
    asker = customer()
    asker.identities.update(kind="phone", value="+49301234")

    with pytest.raises(NoAddress):
        reply(ticket(customer=asker), person())


def test_a_note_is_not_sent_and_keeps_the_status():
    asked = ticket()

    note = write_note(ticket_id=asked.pk, text="VIP!", by=person(), key="n1", at=now())

    asked.refresh_from_db()
    assert (note.kind, note.delivery) == ("note", "")
    assert (asked.status, asked.preview) == ("new", "Where is my parcel?")


def test_the_customers_answer_opens_a_solved_ticket_again():
    asked = ticket()
    change_status(ticket_id=asked.pk, status="solved", by=person(), at=now())

    receive_message(
        ticket_id=asked.pk, customer_id=asked.customer_id, message=NewMessage(text="No!"), at=now()
    )

    asked.refresh_from_db()
    assert (asked.status, asked.solved_at) == ("open", None)
    assert (
        Event.objects.filter(type="StatusChanged").latest("seq").why == "The customer wrote again."
    )
    assert Event.objects.filter(type="TicketReopened").count() == 1


def test_the_customers_answer_to_a_closed_ticket_opens_one_that_follows_it():
    asked = ticket()
    change_status(ticket_id=asked.pk, status="closed", by=person(), at=now())

    message = receive_message(
        ticket_id=asked.pk, customer_id=asked.customer_id, message=NewMessage(text="No!"), at=now()
    )

    assert message.ticket_id != asked.pk
    assert message.ticket.follows_id == asked.pk
    with pytest.raises(TicketClosed):
        write_note(ticket_id=asked.pk, text="?", by=person(), key="n1", at=now())


def test_a_closed_ticket_makes_no_move():
    asked = ticket()
    change_status(ticket_id=asked.pk, status="closed", at=now())

    with pytest.raises(IllegalMove, match="cannot move from closed to open"):
        change_status(ticket_id=asked.pk, status="open", at=now())


def test_only_people_of_the_desk_own_tickets():
    asked = ticket()

    with pytest.raises(NotAnAgent):
        assign_ticket(ticket_id=asked.pk, to=person(role="service"), at=now())

    ada = person()
    assign_ticket(ticket_id=asked.pk, to=ada, by=ada, at=now())
    asked.refresh_from_db()
    assert asked.owner == ada


def test_tags_are_lower_case_and_the_story_says_what_came_and_went():
    asked = ticket()
    set_tags(ticket_id=asked.pk, tags=["VIP", "late "], at=now())

    set_tags(ticket_id=asked.pk, tags=["late", "refund"], at=now())

    assert sorted(asked.tags.values_list("name", flat=True)) == ["late", "refund"]
    told = Event.objects.filter(type="TagsChanged").latest("seq").payload
    assert (told["added"], told["removed"]) == (["refund"], ["vip"])


def test_an_order_is_joined_once():
    asked = ticket()

    for _ in range(2):
        mention_order(ticket_id=asked.pk, source="eu", number="A-1", belongs=True, at=now())

    assert types(asked).count("OrderFound") == 1


def test_a_label_is_settled_with_its_reason():
    asked = ticket()

    settle_label(ticket_id=asked.pk, label="refund", why="The model was sure.", at=now())

    asked.refresh_from_db()
    assert asked.label == "refund"
    assert Event.objects.get(type="LabelChanged").why == "The model was sure."


def test_the_same_file_twice_is_stored_once(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    photo = NewAttachment(name="../../photo.png", content_type="image/png", data=b"png")

    first = ticket(message=NewMessage(text="Look", attachments=(photo, photo)))

    paths = {attachment.file.name for attachment in Attachment.objects.all()}
    assert first.messages.get().attachments.count() == 2
    assert len(paths) == 1
    assert ".." not in paths.pop()


def test_hostile_text_is_kept_as_far_as_the_database_can():
    asked = ticket(text="a\x00b\ud800c", subject="x\r\nBcc: all@example.com" + "y" * 500)

    assert asked.messages.get().text == "ab?c"
    assert "\n" not in asked.subject
    assert len(asked.subject) == 200


def test_delivery_moves_on_and_never_back():
    written = reply(ticket(), person())
    change_delivery(message_id=written.pk, delivery="sent", at=now())

    with pytest.raises(IllegalMove):
        change_delivery(message_id=written.pk, delivery="sending", at=now())

    assert Message.objects.get(pk=written.pk).sent_at is not None


def test_a_ticket_goes_to_nobody_outside_the_desk():
    ticket(team_id=team().pk)

    assert Ticket.objects.visible_to(person()).count() == 1
    assert Ticket.objects.visible_to(person(role="service")).count() == 0


@pytest.mark.parametrize(
    ("old", "new", "times"),
    [("solved", "open", 1), ("solved", "closed", 0), ("pending", "open", 0)],
)
def test_only_a_solved_ticket_is_reopened(old, new, times):
    asked, ada = ticket(), person()
    change_status(ticket_id=asked.pk, status=old, by=ada, at=now())

    change_status(ticket_id=asked.pk, status=new, by=ada, at=now())

    assert Event.objects.filter(type="TicketReopened").count() == times
