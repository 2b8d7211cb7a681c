"""A reply leaves once, as mail that threads, and its state is told honestly."""

import email
import smtplib
from email import policy
from pathlib import Path

import pytest
from django.utils import timezone

from apps.coordination.models import Run, Step
from apps.coordination.services.operating import run_again, settle_outside
from apps.tickets.models import Message
from apps.tickets.services.conversing import write_reply
from tests.make.engine import drain
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
