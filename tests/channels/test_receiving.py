"""Mail is kept as it came before anybody looks at it."""

import hashlib

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone

from apps.channels.models import ReceivedMail
from apps.channels.services.deciding import decide_mail
from apps.channels.services.receiving import (
    InboxUnknown,
    MailTooLarge,
    reprocess_mail,
    store_mail,
)
from apps.channels.types import MOST_BYTES
from apps.coordination.models import Event
from apps.core.errors import IllegalMove, NotFound
from tests.make.mails import arrived, inbox, mail, stored
from tests.make.tickets import person

pytestmark = pytest.mark.django_db


def test_the_raw_bytes_are_kept_and_the_flow_is_told():
    raw, at = b"anything\0\xff", timezone.now()

    kept = store_mail(raw=raw, source="api", at=at)

    kept = ReceivedMail.objects.get(pk=kept.pk)
    assert (bytes(kept.raw), kept.size, kept.received_at) == (raw, 10, at)
    assert (kept.outcome, kept.decided_at, kept.sha256) == (
        "received",
        None,
        hashlib.sha256(raw).hexdigest(),
    )
    event = Event.objects.get()
    assert (event.type, event.stream) == ("MailStored", f"mail:{kept.pk}")


def test_too_large_a_mail_is_refused_and_nothing_is_kept():
    with pytest.raises(MailTooLarge, match="larger than 25 MB"):
        stored(b"x" * (MOST_BYTES + 1))

    assert not ReceivedMail.objects.exists()


def test_only_an_active_inbox_takes_mail():
    inbox("old@desk.example", is_active=False)
    inbox("help@desk.example")

    assert stored(inbox_address="Help@Desk.example").inbox.address == "help@desk.example"
    for address in ("old@desk.example", "nobody@desk.example"):
        with pytest.raises(InboxUnknown, match="no active inbox"):
            stored(inbox_address=address)


def test_a_mail_that_names_what_an_inbox_sends_from_is_that_inboxs():
    inbox()
    inbox("shoes@desk.example", reply_from="No-Reply@mail.example")

    arrived(mail(to="no-reply+b@MAIL.example"))

    assert ReceivedMail.objects.get().inbox.address == "shoes@desk.example"


def test_an_inbox_that_cannot_be_printed_is_unknown():
    with pytest.raises(InboxUnknown):
        stored(inbox_address="help\0@desk.example")


def test_the_database_refuses_to_change_what_arrived():
    kept = stored()

    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        ReceivedMail.objects.filter(pk=kept.pk).update(raw=b"another")

    assert bytes(ReceivedMail.objects.get().raw) != b"another"


def test_the_database_refuses_to_unfile_a_mail():
    arrived()
    undone = {"outcome": "received", "ticket": None, "message": None, "decided_at": None}

    with pytest.raises(ProgrammingError, match="Invalid transition"), transaction.atomic():
        ReceivedMail.objects.update(**undone)

    assert ReceivedMail.objects.get().outcome == "ticket"


def test_an_unknown_mail_is_not_found():
    with pytest.raises(NotFound):
        decide_mail(mail_id=0)


def test_a_quarantined_mail_is_looked_at_again_with_who_and_why():
    ada = person("lead")
    kept = stored(mail(**{"from": "nobody"}))
    assert decide_mail(mail_id=kept.pk).outcome == "quarantined"

    reprocess_mail(mail_id=kept.pk, by=ada, why="the parser was mended", at=timezone.now())

    again = Event.objects.get(type="MailTakenUpAgain")
    assert (again.actor, again.why) == (f"user:{ada.pk}", "the parser was mended")
    assert decide_mail(mail_id=kept.pk).outcome == "quarantined"
    kept.refresh_from_db()
    assert (kept.attempts, kept.is_insisted) == (2, True)


def test_a_person_may_insist_on_what_was_ignored():
    kept = stored(mail(auto_submitted="auto-generated"))
    assert decide_mail(mail_id=kept.pk).line == "ignored: automatic mail"

    reprocess_mail(mail_id=kept.pk, by=person("lead"), at=timezone.now())

    assert decide_mail(mail_id=kept.pk).outcome == "ticket"


def test_a_person_may_insist_on_what_was_taken_for_a_copy():
    first = arrived(mail(message_id="<same@x>"))
    kept = stored(mail(message_id="<same@x>"))
    assert decide_mail(mail_id=kept.pk).outcome == "duplicate"

    reprocess_mail(mail_id=kept.pk, by=person("lead"), at=timezone.now())

    second = decide_mail(mail_id=kept.pk)
    assert second.outcome == "ticket"
    assert second.ticket_id != first.ticket_id


def test_a_filed_mail_is_never_filed_twice():
    kept = stored()
    decide_mail(mail_id=kept.pk)

    with pytest.raises(IllegalMove, match="cannot move from ticket"):
        reprocess_mail(mail_id=kept.pk, by=person("lead"), at=timezone.now())
