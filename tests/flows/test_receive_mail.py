"""The command mail servers call: one line, one exit code, nothing lost."""

import io
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError

from apps.channels.models import ReceivedMail
from apps.channels.types import MOST_BYTES
from tests.make.mails import inbox, mail

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def receive(monkeypatch):
    """Call the command with these bytes on standard input; returns what it printed."""

    def call(raw: bytes, *arguments: str) -> str:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
        said = io.StringIO()
        call_command("receive_mail", *arguments, stdout=said)
        return said.getvalue()

    return call


def test_each_outcome_is_one_line(receive):
    ticket = receive(mail(message_id="<a@x>"))
    number = ReceivedMail.objects.get().ticket_id

    assert ticket == f"ticket {number} created\n"
    assert receive(mail(in_reply_to="<a@x>")) == f"reply on ticket {number}\n"
    first = ReceivedMail.objects.earliest("pk").pk
    assert receive(mail(message_id="<a@x>")) == f"duplicate of mail {first} (ticket {number})\n"
    assert receive(mail(auto_submitted="auto-replied")) == "ignored: auto-reply\n"
    assert receive(b"").startswith("quarantined: There is nothing in it")


def test_the_inbox_that_was_named_is_used(receive):
    inbox("help@desk.example")
    shop = inbox("shop@desk.example")

    receive(mail(), "--inbox", "shop@desk.example")

    assert ReceivedMail.objects.get().inbox == shop


@pytest.mark.parametrize(
    ("raw", "arguments", "code"),
    [
        (b"x" * (MOST_BYTES + 1), (), os.EX_DATAERR),
        (b"x", ("--inbox", "nobody@desk.example"), os.EX_NOUSER),
    ],
)
def test_what_is_refused_has_the_exit_code_that_mail_servers_know(receive, raw, arguments, code):
    with pytest.raises(CommandError) as refused:
        receive(raw, *arguments)

    assert refused.value.returncode == code
    assert not ReceivedMail.objects.exists()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("postgresql://nobody@127.0.0.1:1/none", "try again later."),
        ("nonsense", "supportcoord cannot start: DATABASE_URL"),
    ],
)
def test_a_desk_without_a_database_lets_the_mail_server_keep_the_mail(address, said):
    away = {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "supportcoord.settings"}

    done = subprocess.run(
        [sys.executable, "manage.py", "receive_mail"],
        input=mail(),
        cwd=settings.BASE_DIR,
        env=os.environ | away,
        capture_output=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == os.EX_TEMPFAIL
    assert said in done.stderr.decode()
    assert done.stdout == b""


def test_a_mail_that_is_stored_is_acknowledged_whatever_happens_then(receive, monkeypatch):
    monkeypatch.setattr("apps.flows.management.commands.receive_mail.take_in_now", losing)

    assert receive(mail()) == "received: it waits to be looked at\n"

    assert ReceivedMail.objects.get().outcome == "received"


def losing(*, mail_id):
    raise OperationalError("the server went away")
