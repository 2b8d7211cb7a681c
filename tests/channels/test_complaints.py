"""That somebody calls our mail spam stands on the message it is about, once, and opens nothing."""

import pytest

from apps.channels.adapters.provider import MARK
from apps.channels.models import ReceivedMail
from apps.channels.parsing import COMPLAINED, Report, ReportedRecipient, parse_mail
from apps.channels.queries.sums import mail_sums, total_of
from apps.coordination.models import Event
from apps.tickets.checking import departures
from apps.tickets.models import Ticket
from tests.channels.test_heeding import timeline
from tests.channels.test_tracking import posted, postmark
from tests.make.mails import arrived, inbox, mixed
from tests.make.reports import complaint, sent, state

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.channels.webhook_urls"),
    pytest.mark.filterwarnings("ignore:django-anymail has dropped official support"),
]
OURS = "<7.8.abcdefghijklmnop@desk.example>"
TOLD = ({"of_customer": True}, "ada@example.org")


@pytest.fixture(autouse=True)
def desk():
    inbox()


def spamreport(identifier: str) -> list[dict]:
    """What SendGrid posts."""
    facts = {"email": "ada@example.org", "timestamp": 1793606100, "sg_event_id": "a"}
    return [facts | {"event": "spamreport", MARK: identifier}]


def by_webhook(client, identifier: str) -> int:
    said = postmark(identifier, kind="SpamComplaint", record="SpamComplaint")
    return posted(client, "postmark", said)


def read(raw: bytes) -> Report | None:
    return parse_mail(raw).report


def test_a_complaint_is_read_in_its_form():
    assert read(complaint(OURS, "Bob@b.example")) == Report(
        action=COMPLAINED,
        recipients=(
            ReportedRecipient(
                address="bob@b.example", action=COMPLAINED, status="", diagnostic=""
            ),
        ),
        original_message_id=OURS,
    )


@pytest.mark.parametrize("named", [(), ("redacted",), ("a@b.example", "c@b.example")])
def test_who_complains_is_not_guessed(named):
    report = read(complaint(OURS, *named))

    assert report
    assert report.recipients[0].address == ""


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure", "opt-out", "virus", "", "x" * 9000])
def test_what_else_mail_servers_tell_each_other_is_no_complaint(kind):
    assert read(complaint(OURS, kind=kind)) is None


def test_a_report_that_a_person_passes_on_is_no_complaint():
    raw = mixed(
        b"Content-Type: text/plain\r\n\r\nLook at this.",
        b"Content-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n",
    )

    assert read(raw) is None


def test_a_complaint_by_mail_stands_on_its_message_and_changes_nothing():
    reply = sent()
    before = Ticket.objects.values().get()

    outcome = arrived(complaint(reply.message_id_header, "ada@example.org"))

    assert outcome.line == f"ignored: complaint about message {reply.pk}"
    assert timeline("ComplaintReceived") == [TOLD]
    assert ReceivedMail.objects.get().report_on == reply
    assert state(reply) == ("pending", "sent", "")
    assert list(Ticket.objects.values()) == [before]
    whole = total_of(mail_sums())
    assert (whole.outcomes["ignored"], whole.agrees) == (1, True)
    assert list(departures()) == []


def test_a_complaint_that_a_provider_posts_stands_on_its_message(client):
    reply = sent()

    assert by_webhook(client, reply.message_id_header) == 200

    assert timeline("ComplaintReceived") == [TOLD]
    assert Event.objects.get(type="ComplaintReceived").actor == "provider"
    assert state(reply) == ("pending", "sent", "")


def test_sendgrids_spamreport_is_one(client):
    reply = sent()

    assert posted(client, "sendgrid", spamreport(reply.message_id_header)) == 200

    assert timeline("ComplaintReceived") == [TOLD]


def test_one_complaint_is_told_once_by_whatever_ways_it_comes(client):
    reply = sent()
    by_mail = complaint(reply.message_id_header, "ada@example.org", message_id="<c1@b.example>")

    for _ in range(2):
        by_webhook(client, reply.message_id_header)
        arrived(by_mail)
        arrived(complaint(reply.message_id_header))

    assert timeline("ComplaintReceived") == [TOLD]
    assert ReceivedMail.objects.filter(report_on=reply, outcome="ignored").count() == 3


def test_each_of_those_who_got_it_is_told_of_by_name():
    reply = sent(cc=["bob@b.example"])

    for who in ("Bob@b.example", "ada@example.org", "somebody@new.example"):
        arrived(complaint(reply.message_id_header, who))

    assert timeline("ComplaintReceived") == [({"of_customer": False}, "bob@b.example"), TOLD]


def test_where_several_got_it_nobody_is_blamed_without_a_name():
    reply = sent(cc=["bob@b.example"])

    arrived(complaint(reply.message_id_header))

    assert timeline("ComplaintReceived") == [({"of_customer": True}, "")]


def test_a_complaint_about_what_we_did_not_sign_is_only_ignored():
    reply = sent()

    outcome = arrived(complaint(OURS, "ada@example.org"))

    assert outcome.line == "ignored: automatic mail"
    assert (timeline("ComplaintReceived"), state(reply)[1]) == ([], "sent")
    assert Ticket.objects.count() == 1
