"""Replies from the desk: whom they go to, what goes with them, taking them back, deciding."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.tickets.models import Attachment, Follower, Message
from apps.tickets.services.conversing import write_reply
from apps.tickets.services.withdrawing import withdraw_reply
from apps.tickets.types import NewMessage
from tests.desk.conftest import part
from tests.make.mails import inbox
from tests.make.tickets import customer, person, ticket

pytestmark = pytest.mark.django_db
KEY = "0123456789abcdef"
NOON = datetime(2026, 11, 12, 12, 0, tzinfo=UTC)


def said(**fields) -> dict[str, object]:
    return {"kind": "reply", "text": "It is on its way.", "key": KEY} | fields


def held(made, by, **fields) -> Message:
    """A reply that waits to leave."""
    new = {"text": "Soon.", "key": "held", "hold_seconds": 15, "at": timezone.now()} | fields
    return write_reply(ticket_id=made.pk, by=by, **new)


def page_of(desk, made, **asked) -> str:
    return desk.get(f"/tickets/{made.pk}/", asked).content.decode()


def test_a_reply_goes_to_whom_its_fields_name(desk):
    made = ticket(customer=customer("mo@home.example"))

    desk.post(
        f"/tickets/{made.pk}/write/",
        said(
            to="mo@work.example; kim@work.example",
            cc="Otto Bau <otto@freight.example>, \n",
            bcc="lead@desk.example",
        ),
    )

    reply = Message.objects.get(kind="outgoing")
    assert reply.to == "mo@work.example"
    assert reply.cc == "kim@work.example, otto@freight.example"
    assert reply.bcc == "lead@desk.example"


def test_followers_stand_in_cc_and_whoever_is_struck_out_gets_nothing(desk):
    made = ticket()
    Follower.objects.create(ticket=made, address="a@home.example")
    Follower.objects.create(ticket=made, address="b@home.example")

    page = page_of(desk, made)
    desk.post(f"/tickets/{made.pk}/write/", said(cc="b@home.example"))

    assert 'name="cc" value="a@home.example, b@home.example"' in page
    assert Message.objects.get(kind="outgoing").cc == "b@home.example"


def test_an_address_that_is_none_is_told_and_everything_typed_is_still_there(desk):
    made = ticket()

    answer = desk.post(
        f"/tickets/{made.pk}/write/", said(cc="nobody", bcc="kim@work.example", then="")
    )

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "“nobody” is no mail address" in page
    assert 'name="cc" value="nobody"' in page
    assert 'name="bcc" value="kim@work.example"' in page
    assert "It is on its way.</textarea>" in page
    assert not Message.objects.filter(kind="outgoing").exists()


def test_a_copy_to_another_inbox_of_ours_is_told_and_everything_typed_is_still_there(desk):
    inbox("sales@desk.example")
    made = ticket()

    answer = desk.post(f"/tickets/{made.pk}/write/", said(cc="Sales@desk.example"))

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Sales@desk.example is an address of this desk" in page
    assert "change its team" in page
    assert 'name="cc" value="Sales@desk.example"' in page
    assert "It is on its way.</textarea>" in page
    assert not Message.objects.filter(kind="outgoing").exists()


def test_reply_to_all_names_everybody_of_the_last_mail_but_us(desk):
    inbox("help@desk.example")
    mail = NewMessage(
        text="Hello",
        to="help@desk.example",
        cc="otto@freight.example, Mo@home.example, reply+7.abcdefgh12345678@desk.example",
    )
    made = ticket(customer=customer("mo@home.example"), message=mail)

    page = page_of(desk, made)
    again = desk.post(f"/tickets/{made.pk}/write/", said(then="all")).content.decode()

    assert 'data-everybody="otto@freight.example"' in page
    assert 'name="cc" value="otto@freight.example"' in again
    assert "It is on its way.</textarea>" in again
    assert not Message.objects.filter(kind="outgoing").exists()


def test_files_go_with_a_reply(desk):
    made = ticket()
    files = [
        SimpleUploadedFile("invoice.pdf", b"%PDF-", content_type="application/pdf"),
        SimpleUploadedFile("empty.txt", b"", content_type="text/plain"),
    ]

    desk.post(f"/tickets/{made.pk}/write/", said(chosen=files))

    reply = Message.objects.get(kind="outgoing")
    kept = [(file.name, file.content_type, file.size) for file in reply.attachments.order_by("pk")]
    assert kept == [("invoice.pdf", "application/pdf", 5), ("empty.txt", "text/plain", 0)]


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ([SimpleUploadedFile(f"{n}.txt", b"x") for n in range(21)], "takes 20 files at most"),
        ([SimpleUploadedFile("big.bin", bytes(24 * 2**20 + 1))], "larger than 24 MB together"),
    ],
)
def test_more_than_a_mail_can_carry_is_refused_by_name(desk, files, told):
    made = ticket()

    answer = desk.post(f"/tickets/{made.pk}/write/", said(chosen=files))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert told in page
    assert f"Choose your files again: {files[0].name}" in page
    assert not Attachment.objects.exists()


def test_a_quote_is_of_this_ticket_and_only_when_asked_for(desk):
    made, other = ticket(), ticket()
    first, foreign = made.messages.get(), other.messages.get()

    desk.post(f"/tickets/{made.pk}/write/", said())
    desk.post(f"/tickets/{made.pk}/write/", said(key="b" * 16, quotes=first.pk))
    refused = desk.post(f"/tickets/{made.pk}/write/", said(key="c" * 16, quotes=foreign.pk))

    replies = Message.objects.filter(kind="outgoing").order_by("pk")
    assert [reply.quotes for reply in replies] == [None, first]
    assert refused.status_code == 409


def test_the_signatures_that_will_stand_below_are_shown(desk, ada):
    ada.signature = "Ada King"
    ada.save()
    inbox(signature="Juniper & Pine")

    page = page_of(desk, ticket())

    assert '<p dir="auto">Ada King</p><p dir="auto">Juniper &amp; Pine</p>' in page


def test_a_reply_waits_for_as_long_as_its_author_likes(desk, ada):
    ada.undo_seconds = 40
    ada.save()
    made = ticket()

    desk.post(f"/tickets/{made.pk}/write/", said())

    reply = Message.objects.get(kind="outgoing")
    assert reply.hold_until - reply.created_at == timedelta(seconds=40)
    assert "Leaves in 40 s" in page_of(desk, made)


def test_who_wants_no_undo_has_none(desk, ada):
    ada.undo_seconds = 0
    ada.save()
    made = ticket()

    desk.post(f"/tickets/{made.pk}/write/", said())

    assert Message.objects.get(kind="outgoing").hold_until is None
    assert "/undo/" not in page_of(desk, made)


def test_undo_without_a_script_puts_text_addresses_and_files_back(desk, ada):
    made = ticket(customer=customer("mo@home.example"))
    files = [SimpleUploadedFile("invoice.pdf", b"%PDF-", content_type="application/pdf")]
    desk.post(f"/tickets/{made.pk}/write/", said(cc="kim@work.example", chosen=files))
    reply = Message.objects.get(kind="outgoing")

    answer = desk.post(f"/tickets/{made.pk}/messages/{reply.pk}/undo/?view=mine")

    assert answer.url == f"/tickets/{made.pk}/?view=mine&again={reply.pk}#composer"
    page = desk.get(answer.url).content.decode()
    assert "It is on its way.</textarea>" in page
    assert 'name="cc" value="kim@work.example"' in page
    assert f'name="kept" value="{reply.attachments.get().pk}" checked' in page
    assert f'name="key" value="{KEY}"' not in page
    assert "Taken back before it left; nobody got it" in page
    reply.refresh_from_db()
    assert reply.delivery == "withdrawn"


def test_what_was_taken_back_is_sent_again_with_its_files(desk, ada):
    made = ticket()
    first = [SimpleUploadedFile("a.txt", b"a", content_type="text/plain")]
    desk.post(f"/tickets/{made.pk}/write/", said(chosen=first))
    reply = Message.objects.get(kind="outgoing")
    withdraw_reply(message_id=reply.pk, by=ada, at=timezone.now())
    second = [SimpleUploadedFile("b.txt", b"b", content_type="text/plain")]

    again = said(key="d" * 16, kept=reply.attachments.get().pk, chosen=second)
    desk.post(f"/tickets/{made.pk}/write/", again)

    sent = Message.objects.get(delivery="queued")
    assert [file.name for file in sent.attachments.order_by("pk")] == ["a.txt", "b.txt"]


def test_files_of_others_are_not_sent_by_their_number(desk):
    made = ticket()
    reply = held(made, person())
    file = Attachment.objects.create(message=reply, name="a", content_type="a/b", size=1)
    withdraw_reply(message_id=reply.pk, by=reply.author, at=timezone.now())

    answer = desk.post(f"/tickets/{made.pk}/write/", said(kept=file.pk))

    assert answer.status_code == 422
    assert not Message.objects.filter(delivery="queued").exists()


def test_undo_by_script_brings_the_text_back_above_what_was_typed_since(desk, ada):
    made = ticket()
    reply = held(made, ada, text="First.")

    url = f"/tickets/{made.pk}/messages/{reply.pk}/undo/"
    answer = desk.post(url, {"typed": "Second."}, headers=part("section#pane"))

    assert answer.status_code == 200
    assert answer["HX-Trigger"] == "desk:changed"
    assert "First.\n\nSecond.</textarea>" in answer.content.decode()


def test_a_text_that_was_taken_back_is_only_its_authors_to_go_on_with(desk):
    made = ticket()
    reply = held(made, person(), text="Not yours.")
    withdraw_reply(message_id=reply.pk, by=reply.author, at=timezone.now())

    pages = [page_of(desk, made, again=again) for again in (reply.pk, "²", "9" * 30, "-1")]

    assert all("Not yours.</textarea>" not in page for page in pages)


@pytest.mark.parametrize(
    "field", [{"quotes": "9" * 30}, {"kept": "9" * 30}, {"kept": "x"}, {"kept": "\x00"}]
)
def test_numbers_nobody_gave_out_are_refused_and_nothing_is_sent(desk, field):
    made = ticket()

    answer = desk.post(f"/tickets/{made.pk}/write/", said(**field))

    assert answer.status_code in (409, 422)
    assert "It is on its way.</textarea>" in answer.content.decode()
    assert not Message.objects.filter(kind="outgoing").exists()
