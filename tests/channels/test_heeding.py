"""What mail servers report of our own mail stands on its ticket, where it is surely about it."""

import pytest
from django.utils import timezone

from apps.channels.models import ReceivedMail
from apps.channels.queries import DESK_PURPOSE
from apps.channels.services.composing import reply_identifier
from apps.coordination.models import Event
from apps.core.signing import short_signature
from apps.tickets.checking import departures
from apps.tickets.services.changing import change_status
from apps.tickets.services.conversing import write_reply
from apps.tickets.services.delivering import change_delivery
from tests.make.mails import arrived, inbox, mail
from tests.make.reports import bounce, report, sent, state
from tests.make.tickets import customer, person, ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def desk():
    inbox()


def timeline(kind: str) -> list[tuple[dict, str]]:
    log = Event.objects.filter(type=kind).order_by("pk")
    return [
        ({k: v for k, v in payload.items() if k in ("action", "of_customer")}, why)
        for payload, why in log.values_list("payload", "why")
    ]


@pytest.mark.parametrize("status", ["pending", "solved"])
@pytest.mark.parametrize("delivery", ["sending", "sent", "in_doubt"])
def test_a_reply_that_comes_back_has_bounced_and_opens_its_ticket(status, delivery):
    reply = sent(status, delivery)

    outcome = arrived(bounce(reply.message_id_header, "ada@example.org"))

    assert outcome.line == f"ignored: bounce of message {reply.pk}"
    words = "ada@example.org: 550 no such user"
    assert state(reply) == ("open", "bounced", f"It did not reach {words}")
    assert ReceivedMail.objects.get().report_on == reply
    assert timeline("DeliveryReported") == [({"action": "failed", "of_customer": True}, words)]
    why = Event.objects.filter(type="StatusChanged").latest("pk").why
    assert why == "The reply came back."
    assert list(departures()) == []


@pytest.mark.parametrize("status", ["open", "on_hold"])
def test_a_ticket_that_does_not_wait_for_the_customer_stays_as_it_is(status):
    reply = sent(status)

    arrived(bounce(reply.message_id_header, "ada@example.org"))

    assert state(reply)[:2] == (status, "bounced")


def test_a_closed_ticket_stays_closed():
    reply = sent()
    change_status(ticket_id=reply.ticket_id, status="closed", at=timezone.now())

    arrived(bounce(reply.message_id_header, "ada@example.org"))

    assert state(reply)[:2] == ("closed", "bounced")


def test_a_copy_that_comes_back_says_whose_and_nothing_of_the_customer():
    reply = sent(cc=["bob@b.example"])

    outcome = arrived(bounce(reply.message_id_header, "Bob@b.example"))

    assert outcome.line == f"ignored: bounce of message {reply.pk}"
    words = "bob@b.example: 550 no such user"
    assert state(reply) == ("pending", "sent", f"A copy did not reach {words}")
    assert timeline("DeliveryReported") == [({"action": "failed", "of_customer": False}, words)]


def test_of_a_copy_and_the_customers_own_that_come_back_both_stay_told():
    reply = sent(cc=["bob@b.example"])
    arrived(bounce(reply.message_id_header, "bob@b.example"))

    arrived(bounce(reply.message_id_header, "ada@example.org"))

    assert state(reply)[2] == (
        "It did not reach ada@example.org: 550 no such user. "
        "A copy did not reach bob@b.example: 550 no such user"
    )


def test_an_unseen_copy_that_comes_back_is_a_copy_too():
    reply = sent(bcc=["boss@b.example"])

    arrived(bounce(reply.message_id_header, "boss@b.example"))

    assert state(reply)[:2] == ("pending", "sent")


def test_an_address_that_mail_was_passed_on_to_is_the_customers_where_nobody_else_got_it():
    reply = sent()

    arrived(bounce(reply.message_id_header, "ada@new.example"))

    said = "It did not reach ada@new.example: 550 no such user"
    assert state(reply) == ("open", "bounced", said)


def test_where_several_got_it_an_unknown_address_leaves_open_whose_it_is():
    reply = sent(cc=["bob@b.example"])

    arrived(bounce(reply.message_id_header, "somebody@new.example"))

    said = "It did not reach somebody@new.example: 550 no such user"
    assert state(reply) == ("open", "sent", said)


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_what_is_no_failure_is_only_told(action):
    reply = sent()

    outcome = arrived(report(reply.message_id_header, ("ada@example.org", action, "250 ok")))

    assert outcome.line == f"ignored: report on message {reply.pk}: {action}"
    assert state(reply) == ("pending", "sent", "")
    told = ({"action": action, "of_customer": True}, "ada@example.org: 250 ok")
    assert timeline("DeliveryReported") == [told]


def test_the_same_report_twice_changes_nothing_more():
    reply = sent()
    first = {"message_id": "<r1@mx.b.example>"}
    arrived(bounce(reply.message_id_header, "ada@example.org", **first))
    change_status(ticket_id=reply.ticket_id, status="solved", at=timezone.now())
    events = Event.objects.filter(stream=reply.ticket.stream).count()

    again = arrived(bounce(reply.message_id_header, "ada@example.org", **first))
    under_another_name = arrived(bounce(reply.message_id_header, "ada@example.org"))

    assert (again.outcome, under_another_name.outcome) == ("duplicate", "ignored")
    assert state(reply)[:2] == ("solved", "bounced")
    assert Event.objects.filter(stream=reply.ticket.stream).count() == events


def test_the_timeline_tells_one_thing_ten_times_at_most():
    reply = sent()

    for number in range(15):
        arrived(bounce(reply.message_id_header, "ada@example.org", f"550 no {number}"))

    assert len(timeline("DeliveryReported")) == 10
    assert ReceivedMail.objects.filter(report_on=reply).count() == 15


@pytest.mark.parametrize(
    "forge",
    [
        lambda known: known.replace(known.split(".")[2][:4], "aaaa"),
        lambda known: f"<1.{known.split('.')[1]}.{known.split('.')[2]}",
        lambda known: known.replace("<", "<1"),
        lambda _: "<1.1.abcdefghijklmnop@desk.example>",
        lambda _: "<mail-1@example.org>",
    ],
)
def test_a_report_on_an_identifier_that_we_did_not_sign_changes_nothing(forge):
    reply = sent()
    events = Event.objects.filter(stream=reply.ticket.stream).count()
    forged = forge(reply.message_id_header)
    assert forged != reply.message_id_header

    outcome = arrived(bounce(forged, "ada@example.org"))

    assert outcome.line == "ignored: bounce"
    assert state(reply) == ("pending", "sent", "")
    assert Event.objects.filter(stream=reply.ticket.stream).count() == events
    assert ReceivedMail.objects.get().report_on is None


def test_a_report_on_a_message_that_never_left_changes_nothing():
    asked = ticket(customer=customer("ada@example.org"))
    words = {"text": "Soon.", "by": person(), "key": "k1", "hold_seconds": 60}
    held = write_reply(ticket_id=asked.pk, at=timezone.now(), **words)

    outcome = arrived(bounce(reply_identifier(held), "ada@example.org"))

    assert outcome.line == "ignored: bounce"
    assert state(held)[1:] == ("queued", "")


def test_a_report_on_the_first_try_leaves_a_reply_that_is_sent_again():
    reply = sent(delivery="in_doubt")
    change_delivery(message_id=reply.pk, delivery="queued", at=timezone.now())

    arrived(bounce(reply.message_id_header, "ada@example.org"))

    assert state(reply)[:2] == ("pending", "queued")
    assert len(timeline("DeliveryReported")) == 1


def test_a_reply_that_was_sent_again_and_comes_back_again_has_bounced():
    reply = sent(delivery="in_doubt")
    change_delivery(message_id=reply.pk, delivery="queued", at=timezone.now())
    arrived(bounce(reply.message_id_header, "ada@example.org"))
    change_delivery(message_id=reply.pk, delivery="sent", at=timezone.now())

    arrived(bounce(reply.message_id_header, "ada@example.org"))

    assert state(reply)[:2] == ("open", "bounced")
    assert len(timeline("DeliveryReported")) == 1


def test_a_report_about_thousands_names_a_few():
    reply = sent(cc=["bob@b.example"])
    crowd = [(f"a{number}@b.example", "failed", "550 no") for number in range(5000)]

    arrived(report(reply.message_id_header, *crowd))

    ((_, why),) = timeline("DeliveryReported")
    assert why == "; ".join(f"a{n}@b.example: 550 no" for n in range(5)) + "; and 95 more"


def test_a_diagnostic_is_one_line_of_plain_text():
    reply = sent()
    hostile = "550 <script>alert(1)</script>\x00\x1b[31m\u202e\r\n no\r\n\tmore " + "x" * 5000

    arrived(bounce(reply.message_id_header, "ada@example.org", hostile))

    _, delivery, error = state(reply)
    assert delivery == "bounced"
    assert error.startswith("It did not reach ada@example.org: 550 <script>alert(1)</script>")
    assert error.isprintable()
    assert len(error) <= 500


def test_a_bounce_counts_though_it_bears_our_mark():
    reply = sent()
    mark = short_signature(DESK_PURPOSE, "")

    arrived(bounce(reply.message_id_header, "ada@example.org", x_supportcoord=mark))

    assert state(reply)[1] == "bounced"


def test_a_bounce_in_words_counts_by_the_message_id_that_it_quotes():
    reply = sent()
    text = (
        "<ada@example.org>:\r\nSorry, no mailbox here by that name. (#5.1.1)\r\n\r\n"
        "--- Below this line is a copy of the message.\r\n\r\n"
        f"Message-ID: {reply.message_id_header}\r\n"
    )

    arrived(mail(text, **{"from": "MAILER-DAEMON@mx.b.example"}))

    said = "It did not reach ada@example.org: Sorry, no mailbox here by that name. (#5.1.1)"
    assert state(reply) == ("open", "bounced", said)
