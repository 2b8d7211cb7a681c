"""A reply leaves at most once, wherever the worker that sends it dies; a person alone sends again.

The mail server is real, and so are the deaths: a process of its own ends at each of its commits,
or by `kill -9` once the mail server has the mail and before it said so.
"""

import os
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from apps.flows.deciding_delivery import send_again
from apps.tickets.models import Message
from apps.tickets.services.conversing import write_reply
from tests.make.engine import drain
from tests.make.mail_server import KILL, MailServer
from tests.make.plug import DEATHS, Plug, Way, dies, every_pull, live, others
from tests.make.processes import wait_until
from tests.make.tickets import person, ticket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
LEASE_OVER = timedelta(minutes=5)
NEVER = Plug(10_000, Way.DIES_BEFORE)


@pytest.fixture
def server(settings):
    """A mail server, by which replies leave."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with MailServer() as opened:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", opened.port
        yield opened


def reply() -> Message:
    """On a ticket with which nothing else is to be done."""
    asked = ticket()
    drain()
    words = {"text": "Soon.", "by": person(), "key": os.urandom(8).hex()}
    return write_reply(ticket_id=asked.pk, at=timezone.now(), **words)


def copies(server: MailServer, message: Message) -> int:
    """How often the mail server has it, by the identifier that a recipient sees."""
    wanted = Message.objects.get(pk=message.pk).message_id_header
    return sum(bool(wanted) and letter["Message-ID"] == wanted for letter in server.letters)


def delivery(message: Message) -> str:
    return Message.objects.get(pk=message.pk).delivery


def test_i9_a_reply_leaves_at_most_once_wherever_its_worker_dies(clock, quiet_engine, server):
    ends, pulled = set(), 0
    for plug in every_pull(*DEATHS):
        message = reply()
        if not dies(drain, plug):
            break
        pulled += 1
        for _ in range(3):
            clock.forward(LEASE_OVER)
            drain()
        ends.add((delivery(message), copies(server, message)))

    # Before the intent it is sent later; after it nobody knows; after the answer it is known.
    assert ends == {("sent", 1), ("in_doubt", 0), ("in_doubt", 1)}
    assert pulled >= 6


def test_i9_a_worker_killed_after_the_content_leaves_doubt_and_one_copy(
    clock, quiet_engine, server
):
    message = reply()
    server.script["END"] = KILL
    there = others()
    connection.close()

    child = os.fork()
    if not child:
        live(drain, NEVER)
    server.kill(child)
    _, status = os.waitpid(child, 0)
    wait_until(lambda: others() <= there)
    del server.script["END"]
    for _ in range(3):
        clock.forward(LEASE_OVER)
        drain()
    doubtful = (delivery(message), copies(server, message))
    send_again(message_id=message.pk, by=person(), at=timezone.now())
    drain()

    assert os.waitstatus_to_exitcode(status) == -9
    assert doubtful == ("in_doubt", 1)
    assert (delivery(message), copies(server, message)) == ("sent", 2)
