"""A reply leaves once, as mail that threads, and its state is told honestly."""

import email
import smtplib
from datetime import timedelta
from email import policy
from pathlib import Path

import pytest
from django.utils import timezone

from apps.coordination.models import Breaker, Event, Run, Step
from apps.coordination.services.breaking import record_failure
from apps.coordination.services.operating import give_up, run_again, settle_outside
from apps.flows.steps import delivering
from apps.tickets.models import Message, Ticket
from apps.tickets.services.conversing import write_reply
from apps.tickets.services.delivering import change_delivery
from apps.tickets.services.keeping import keep_attachments
from apps.tickets.types import NewAttachment
from tests.make.engine import drain
from tests.make.passing import time_passes
from tests.make.smtp import PostOffice
from tests.make.tickets import person, ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def outbox(settings, tmp_path):
    """The folder where mails are written."""
    settings.EMAIL_BACKEND = "apps.channels.adapters.outbox.OutboxBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    return tmp_path


@pytest.fixture
def silent_server(settings):
    """A mail server at whose address nobody answers."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1


def reply():
    asked = ticket()
    return write_reply(
        ticket_id=asked.pk, text="On its way.", by=person(), key="k1", at=timezone.now()
    )


def mails(folder: Path):
    files = sorted(folder.glob("*.eml"))
    return [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in files]


def test_a_reply_is_sent_once_and_says_so(outbox):
    written = reply()

    drain()
    drain()

    (mail,) = mails(outbox)
    written.refresh_from_db()
    assert (written.delivery, bool(written.sent_at)) == ("sent", True)
    assert mail["To"].addresses[0].addr_spec == written.to
    assert mail["Message-ID"] == written.message_id_header
    assert Run.objects.get(flow="send reply").state == "done"


def test_a_server_that_is_away_is_tried_again_and_the_reply_shows_as_sending(silent_server):
    written = reply()

    drain()

    written.refresh_from_db()
    run = Run.objects.get(flow="send reply")
    assert (written.delivery, run.state, run.attempts) == ("sending", "ready", 1)


def in_doubt(monkeypatch):
    """A reply whose mail server hung up after it had the mail."""

    def hang_up(*_, **__):
        raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")

    with monkeypatch.context() as patch:
        patch.setattr("apps.channels.services.sending.hand_over", hang_up)
        written = reply()
        drain()
    return written


def test_a_reply_whose_fate_nobody_knows_is_in_doubt_and_not_sent_again(outbox, monkeypatch):
    written = in_doubt(monkeypatch)

    drain()

    written.refresh_from_db()
    assert written.delivery == "in_doubt"
    assert Run.objects.get(flow="send reply").state == "in_doubt"
    assert mails(outbox) == []


def test_sending_again_after_doubt_sends_the_same_mail(outbox, monkeypatch):
    written = in_doubt(monkeypatch)

    run_again(run_id=Run.objects.get(flow="send reply").pk, by="user:1", why="It never came.")
    drain()

    assert Message.objects.get(pk=written.pk).delivery == "sent"
    assert len(mails(outbox)) == 1


def test_a_reply_that_arrived_after_all_is_settled_without_a_second_mail(outbox, monkeypatch):
    written = in_doubt(monkeypatch)

    settle_outside(run_id=Run.objects.get(flow="send reply").pk, by="user:1", why="She has it.")
    drain()

    assert Message.objects.get(pk=written.pk).delivery == "sent"
    assert mails(outbox) == []
    assert Step.objects.get(name="send").state == "done"


@pytest.fixture
def broken_end():
    """A bug in the step after the mail server's answer, until somebody says ``undo``."""

    def mark(*, message_id: int, delivery: str, error: str = "") -> None:
        raise ZeroDivisionError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delivering, "mark", mark)
        yield patch


def stopped_at_the_end() -> Run:
    """The run that sends a reply, after it met the bug as often as it tries."""
    for _ in range(3):
        drain()
        time_passes(timedelta(minutes=1))
    drain()
    run = Run.objects.get(flow="send reply")
    assert (run.state, run.error_code) == ("dead", "ZeroDivisionError")
    return run


def shown(written):
    written.refresh_from_db()
    return written.delivery, bool(written.sent_at), written.delivery_error


SENT = ("sent", True, "")


def test_a_reply_that_left_before_its_run_died_shows_as_sent(outbox, broken_end):
    written = reply()

    stopped_at_the_end()

    assert (shown(written), len(mails(outbox))) == (SENT, 1)


def test_a_reply_that_left_stays_sent_when_its_run_is_run_again(outbox, broken_end):
    written = reply()
    run = stopped_at_the_end()

    broken_end.undo()
    run_again(run_id=run.pk, by="user:1", why="The bug is gone.")
    drain()

    run.refresh_from_db()
    assert (run.state, shown(written), len(mails(outbox))) == ("done", SENT, 1)


def test_a_reply_that_left_stays_sent_when_its_run_is_given_up(outbox, broken_end):
    written = reply()
    run = stopped_at_the_end()

    give_up(run_id=run.pk, by="user:1", why="It is out, that is enough.")
    drain()

    run.refresh_from_db()
    assert (run.state, shown(written), len(mails(outbox))) == ("cancelled", SENT, 1)


def test_a_reply_that_the_server_refused_shows_its_words_though_the_run_died(settings, broken_end):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    written = reply()

    with PostOffice({"RCPT": "550 no such box"}) as office:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", office.port
        stopped_at_the_end()

    assert shown(written) == ("failed", False, "550 no such box")
    assert office.taken == []


def test_a_reply_whose_copies_alone_left_shows_as_bounced_though_the_run_died(
    settings, broken_end
):
    asked = ticket()
    words = {"text": "Soon.", "by": person(), "key": "k1", "cc": ["boss@x.example"]}
    written = write_reply(ticket_id=asked.pk, at=timezone.now(), **words)

    with PostOffice(refused={written.to: "550 no such box"}) as office:
        by_smtp(settings, office)
        stopped_at_the_end()

    assert shown(written) == ("bounced", False, f"It did not reach {written.to}: 550 no such box")
    assert Ticket.objects.get(pk=asked.pk).status == "open"


def test_a_reply_that_somebody_knows_was_sent_shows_as_sent(outbox, monkeypatch, broken_end):
    written = in_doubt(monkeypatch)

    settle_outside(run_id=Run.objects.get(flow="send reply").pk, by="user:1", why="She has it.")
    stopped_at_the_end()

    assert (shown(written), mails(outbox)) == (SENT, [])


def test_a_reply_that_came_back_before_its_run_ended_stays_bounced(outbox, broken_end):
    written = reply()
    run = stopped_at_the_end()
    change_delivery(
        message_id=written.pk, delivery="bounced", error="No such user.", at=timezone.now()
    )

    broken_end.undo()
    run_again(run_id=run.pk, by="user:1", why="The bug is gone.")
    drain()

    run.refresh_from_db()
    assert (run.state, shown(written)) == ("done", ("bounced", True, "No such user."))


def by_smtp(settings, office):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", office.port


def test_a_reply_that_some_did_not_get_is_sent_and_says_who(settings):
    with PostOffice(refused={"gone@x.example": "550 no such user"}) as office:
        by_smtp(settings, office)
        asked = ticket()
        words = {"text": "Soon.", "by": person(), "key": "k1", "cc": ["gone@x.example"]}
        written = write_reply(ticket_id=asked.pk, at=timezone.now(), **words)
        drain()

    said = "It did not go to gone@x.example: 550 no such user"
    assert shown(written) == ("sent", True, said)
    assert Event.objects.filter(type="DeliveryChanged").latest("pk").why == said


def test_a_server_that_says_later_is_asked_for_a_day_before_the_reply_failed(settings):
    with PostOffice({"RCPT": "450 greylisted"}) as office:
        by_smtp(settings, office)
        written = reply()
        for _ in range(200):
            drain()
            time_passes(timedelta(hours=2))

    run = Run.objects.get(flow="send reply")
    assert (run.state, run.attempts) == ("dead", 60)
    assert shown(written) == (
        "failed",
        False,
        "It was tried for a day. The mail server does not take this mail at the moment: "
        "450 greylisted",
    )


def test_a_mail_that_cannot_be_written_says_nothing_of_the_mail_server(outbox):
    record_failure("smtp", "It was away.")
    written = reply()
    bill = NewAttachment(name="bill.pdf", content_type="application/pdf", data=b"%PDF")
    keep_attachments(written, [bill])
    attachment = written.attachments.get()
    attachment.file.storage.delete(attachment.file.name)

    drain()

    assert Breaker.objects.get(destination="smtp").failures == 1
    assert shown(written)[0] == "failed"
