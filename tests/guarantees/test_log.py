"""The log of a ticket is the ticket: replayed, it gives the present state, change by change."""

from dataclasses import fields, replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from apps.coordination.codec import decode
from apps.coordination.types import EVENT_TYPES, Heard
from apps.tickets.checking import compared, departures, logs_of, states_of
from apps.tickets.models import Ticket
from apps.tickets.replaying import (
    UNTOLD,
    LogContradicts,
    TicketState,
    differences,
    rebuild,
)
from apps.tickets.services.changing import (
    assign_ticket,
    change_status,
    settle_label,
)
from tests.make.tickets import person, team, ticket


@pytest.mark.django_db
def test_i12_the_whole_sample_desk_can_be_replayed():
    call_command("seed_demo", stdout=StringIO())
    said = StringIO()

    call_command("check_log", stdout=said)

    assert said.getvalue() == "46 tickets are what their logs say.\n"


@pytest.mark.django_db
def test_i12_a_ticket_that_was_changed_behind_its_log_is_named():
    honest, forged = ticket(), ticket()
    Ticket.objects.filter(pk=forged.pk).update(priority=4, label="refund")
    said = StringIO()

    with pytest.raises(CommandError, match="1 of 2 tickets are not what"):
        call_command("check_log", stdout=said)

    assert said.getvalue().splitlines() == [
        f"Ticket {forged.pk}: priority is 4, its log says 2.",
        f"Ticket {forged.pk}: label is refund, its log says nothing.",
    ]
    assert compared([honest.pk]) == {}


@pytest.mark.django_db
def test_i12_a_log_whose_ticket_is_gone_is_named():
    gone = ticket()
    key = gone.stream
    gone.messages.all().delete()
    gone.delete()

    (departure,) = departures()

    assert (departure.ticket, departure.sentences) == (key, ["there is a log, and no ticket"])


def test_i12_nothing_but_words_is_left_out_of_the_replay():
    columns = {field.attname for field in Ticket._meta.concrete_fields}
    kept = {field.name for field in fields(TicketState)}

    assert columns - kept == {"id", "subject", "preview"}
    assert kept - columns == {"tags", "messages", "orders"}


@pytest.mark.django_db
def test_i12_a_log_that_was_written_before_says_what_it_can():
    asked = ticket(team_id=team().pk)
    settle_label(ticket_id=asked.pk, label="refund", language="de", why="", at=timezone.now())
    later = {"version", "at", "team_id", "inbox_address", "language"}
    log = [
        replace(event, payload={k: v for k, v in event.payload.items() if k not in later})
        for event in logs_of([asked.pk])[asked.pk]
    ]

    old = rebuild(log)

    assert differences(states_of([asked.pk])[asked.pk], old) == []
    assert (old.label, old.language, old.updated_at) == ("refund", UNTOLD, UNTOLD)
    assert {decode(EVENT_TYPES[event.type], event.payload).ticket_id for event in log} == {
        asked.pk
    }


OPENED = {"customer_id": 1, "channel": "mail", "priority": 2, "follows_id": None, "version": 1}
CANNOT_FOLLOW = [
    ("StatusChanged", {"old": "open", "new": "solved", "version": 2}, "it was new"),
    ("StatusChanged", {"old": "new", "new": "new", "version": 2}, "it was new"),
    ("StatusChanged", {"old": "new", "new": "lost", "version": 2}, "no such move exists"),
    ("OwnerChanged", {"old": 7, "new": 8, "version": 2}, "it was None"),
    ("NoteWritten", {"message_id": 3, "version": 4}, "it was version 1"),
    ("DeliveryChanged", {"message_id": 3, "old": "queued", "new": "sent"}, "it was queued"),
]


@pytest.mark.parametrize(("kind", "payload", "before"), CANNOT_FOLLOW)
def test_i12_an_event_that_cannot_follow_is_not_believed(kind, payload, before):
    log = [("TicketOpened", OPENED), (kind, payload)]
    told = [
        Heard(seq=seq, type=kind, payload=payload, at=timezone.now())
        for seq, (kind, payload) in enumerate(log, 1)
    ]

    with pytest.raises(LogContradicts, match=f"^Place 2 of its log, {kind}, says .*{before}.$"):
        rebuild(told)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("statement", "trigger"),
    [
        ("UPDATE tickets_ticket SET status = 'new'", "permitted_moves"),
        ("UPDATE tickets_ticket SET status = 'solved'", "told_in_log"),
        ("UPDATE tickets_ticket SET status = 'solved', version = version + 1", "told_in_log"),
        ("UPDATE coordination_event SET payload = '{}'", "append_only"),
        ("DELETE FROM coordination_event", "append_only"),
    ],
)
def test_i11_sql_cannot_change_a_status_without_its_event(statement, trigger):
    asked = ticket()
    change_status(ticket_id=asked.pk, status="open", at=timezone.now())

    with pytest.raises(DatabaseError, match=trigger), connection.cursor() as cursor:
        cursor.execute(statement)

    assert Ticket.objects.get().status == "open"
    assert compared([asked.pk]) == {}


@pytest.mark.django_db(transaction=True)
def test_i11_a_change_and_its_event_commit_together_or_not_at_all():
    asked = ticket()
    before = logs_of([asked.pk])

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        change_status(ticket_id=asked.pk, status="open", at=timezone.now())
        raise ZeroDivisionError

    assert Ticket.objects.get().status == "new"
    assert logs_of([asked.pk]) == before


@pytest.mark.django_db
def test_i12_what_a_ticket_names_is_not_deleted_under_it():
    ada, returns = person(), team()
    asked = ticket(team_id=returns.pk)
    assign_ticket(ticket_id=asked.pk, to=ada, at=timezone.now())

    for named in (ada, returns):
        with pytest.raises(ProtectedError):
            named.delete()

    assert compared([asked.pk]) == {}
