"""Whoever sets a mailbox up is told in words whether it works, and what is wrong if not."""

import socket
from collections.abc import Iterator

import pytest

from apps.channels.adapters.imap_errors import said_by
from apps.channels.models import Inbox, Mailbox
from apps.channels.services import trying
from apps.channels.services.trying import try_mailbox
from apps.core.errors import NotFound
from tests.make.imap import ImapServer, dovecot
from tests.make.mails import inbox, mail
from tests.make.servers import closed_port

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def server() -> Iterator[ImapServer]:
    with dovecot() as running:
        running.put(mail())
        running.make("Done")
        yield running


@pytest.fixture
def trusted(server, monkeypatch) -> None:
    """The machine knows the authority of the server's certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(server.ca))


def tried(server: ImapServer, **fields) -> str:
    """What is said about a mailbox that is right but for these fields."""
    defaults = {
        "host": "localhost",
        "port": server.tls_port,
    }
    defaults |= {"inbox": fields.pop("inbox", None) or inbox()}
    defaults |= {"username": server.user, "password": server.password}
    return try_mailbox(mailbox_id=Mailbox.objects.create(**defaults | fields).pk)


@pytest.mark.usefixtures("trusted")
def test_a_mailbox_that_works_is_said_to_work(server):
    said = tried(server)

    assert said == "It works: INBOX has 1 mail. The server tells at once when mail arrives."
    assert server.flags() == {1: set()}


@pytest.mark.usefixtures("trusted")
def test_starttls_works_as_well(server):
    said = tried(server, security="starttls", port=server.port)

    assert said.startswith("It works: INBOX has 1 mail.")


def test_a_certificate_of_an_unknown_authority_is_refused(server):
    said = tried(server)

    assert said == (
        "The certificate of localhost is not trusted: unable to get local issuer certificate. "
        "Check the name, or name its authority in SSL_CERT_FILE."
    )


@pytest.mark.usefixtures("trusted")
def test_a_certificate_for_another_name_is_refused(server):
    said = tried(server, host="127.0.0.1")

    assert said == (
        "The certificate of 127.0.0.1 is not trusted: IP address mismatch, "
        "certificate is not valid for '127.0.0.1'. "
        "Check the name, or name its authority in SSL_CERT_FILE."
    )


@pytest.mark.usefixtures("trusted")
def test_a_wrong_password_is_told_from_a_wrong_server(server):
    said = tried(server, password="guessed-it-not")

    assert said == (
        f"localhost does not let {server.user} in: [AUTHENTICATIONFAILED] Authentication failed. "
        "Check the user name and the password."
    )


def test_a_port_with_the_other_kind_of_security_is_named(server):
    said = tried(server, port=server.port)

    assert said == (
        f"localhost does not speak TLS from the first byte on port {server.port}: "
        "choose the other kind or port."
    )


def test_a_name_that_is_nobodys_is_named(server):
    said = tried(server, host="imap.desk.invalid")

    assert said == "There is no server named imap.desk.invalid: check the name."


def test_a_port_nobody_listens_on_is_named(server):
    port = closed_port()

    said = tried(server, port=port)

    assert said == (
        f"localhost does not answer as a mail server on port {port}: the connection was refused."
    )


def test_a_server_that_says_nothing_is_not_waited_for_for_ever(server, monkeypatch):
    monkeypatch.setattr(trying, "FEW_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]

        said = tried(server, host="127.0.0.1", port=port, security="plain")

    assert said == (
        f"127.0.0.1 does not answer as a mail server on port {port}: it said nothing in time."
    )


@pytest.mark.usefixtures("trusted")
def test_a_missing_folder_is_told_with_those_that_are_there(server):
    said = tried(server, folders="INBOX\nSuport")

    assert said == "There is no folder Suport; there are: Done, INBOX."


@pytest.mark.usefixtures("trusted")
def test_folders_on_one_line_are_told_to_stand_on_two(server):
    said = tried(server, folders="INBOX, Done")

    assert said == (
        "There is no folder INBOX, Done; there are: Done, INBOX. Write each on a line of its own."
    )


@pytest.mark.usefixtures("trusted")
def test_a_folder_with_a_comma_is_found_and_told_from_two(server):
    server.make('"Sales, Europe"')

    found = tried(server, folders="Sales, Europe\r\nDone")
    Mailbox.objects.all().delete()
    missed = tried(server, inbox=Inbox.objects.get(), folders="Sales")

    server.forget('"Sales, Europe"')
    assert found.startswith("It works: Sales, Europe has 0 mails, Done has 0 mails.")
    assert "“Sales, Europe”" in missed


@pytest.mark.usefixtures("trusted")
def test_a_missing_folder_to_move_to_is_told(server):
    said = tried(server, afterwards="move", move_to="Read")

    assert said == "There is no folder Read; there are: Done, INBOX."


@pytest.mark.usefixtures("trusted")
def test_an_inbox_that_takes_nothing_is_mentioned(server):
    said = tried(server, inbox=inbox(is_active=False))

    assert said.endswith("Its inbox help@desk.example is switched off.")


def test_a_mailbox_that_is_gone_is_not_tried():
    with pytest.raises(NotFound, match="There is no mailbox 404"):
        try_mailbox(mailbox_id=404)


def test_what_a_server_says_is_shown_without_the_password():
    mailbox = Mailbox(host="h", username="u", password="long-word-17")

    said = said_by(OSError("no such password: long-word-17\r\n"), mailbox)

    assert said == "no such password: …"
