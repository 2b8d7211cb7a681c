"""A server whose UIDs do not last is not read: mails would be lost or doubled without a word."""

from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command

from apps.channels.models import Mailbox, MailFolder
from apps.channels.services.trying import tried_mailbox
from tests.channels.test_kept_back import kept, one_round
from tests.make.mails import inbox, mail
from tests.make.rewording import RewordingLine

pytestmark = pytest.mark.django_db

VALIDITY = rb"(\* OK \[UIDVALIDITY )(\d+)(\].*\r\n)"
NOTHING, ZERO = b"", rb"\g<1>0\3"
NOT_STICKY = rb"\1\2\3* NO [UIDNOTSTICKY] Numbers change.\r\n"
SENTENCE = (
    "127.0.0.1 does not number the mails of Support for good (UIDVALIDITY), so none is read, "
    "lest some be lost or come twice: have them delivered by LMTP, or move them to another server."
)


@pytest.fixture
def line(server) -> Iterator[RewordingLine]:
    with RewordingLine("127.0.0.1", server.port) as line:
        yield line


@pytest.fixture
def mailbox(server, line) -> Mailbox:
    return Mailbox.objects.create(
        inbox=inbox(),
        host="127.0.0.1",
        port=line.port,
        security="plain",
        username=server.user,
        password=server.password,
        folders="Support",
    )


@pytest.mark.parametrize("words", [NOTHING, ZERO, NOT_STICKY])
def test_mails_whose_numbers_do_not_last_stay_where_they_are_and_people_hear_of_it(
    server, line, mailbox, words
):
    server.put(mail(), folder="Support")
    line.words[VALIDITY] = words

    assert str(one_round(mailbox)) == SENTENCE

    place = MailFolder.objects.get()
    assert (place.problem, place.failures, place.last_uid) == (SENTENCE, 1, 0)
    assert kept() == []
    assert list(server.flags("Support").values()) == [set()]


def test_the_try_of_a_mailbox_and_reconciling_say_it(server, line, mailbox):
    line.words[VALIDITY] = NOTHING

    tried = tried_mailbox(mailbox_id=mailbox.pk)

    assert (tried.works, tried.says) == (False, SENTENCE)
    with pytest.raises(CommandError, match="1 mailbox did not answer as it should"):
        call_command("reconcile")


def test_once_they_last_again_reading_goes_on_where_it_was(server, line, mailbox):
    first, second = mail("First\r\n"), mail("Second\r\n")
    server.put(first, folder="Support")
    one_round(mailbox)
    line.words[VALIDITY] = NOTHING
    server.put(second, folder="Support")
    one_round(mailbox)
    line.words.clear()

    assert one_round(mailbox) is None

    assert kept() == [first, second]
    assert MailFolder.objects.get().problem == ""
