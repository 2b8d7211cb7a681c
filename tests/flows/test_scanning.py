"""Files are checked before anybody gets them, once each, and none is stuck for ever."""

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.channels.services.scanning import why_no_scanner
from apps.coordination.models import Attempt, Event, Run
from apps.coordination.services.operating import give_up
from apps.tickets.checking import compared
from apps.tickets.models import Attachment
from apps.tickets.services.conversing import receive_message
from apps.tickets.types import NewAttachment, NewMessage
from tests.make.clamd import EICAR, HANG_UP, NAME, Clamd
from tests.make.engine import drain
from tests.make.servers import closed_port
from tests.make.tickets import ticket

pytestmark = pytest.mark.django_db
LONG_AGO = "2020-01-01T00:00:00Z"


@pytest.fixture(autouse=True)
def away(settings):
    """clamd is set up, and not there yet."""
    settings.CLAMD_URL = f"tcp://127.0.0.1:{closed_port()}"


@pytest.fixture
def check(settings):
    """Let clamd be there while all work is done; returns what it was asked."""

    def checking(says=""):
        with Clamd(says) as scanner:
            settings.CLAMD_URL = scanner.url
            Run.objects.filter(flow="scan files", state="ready").update(due_at=LONG_AGO)
            drain()
        return scanner.asked

    return checking


def message(*contents: bytes) -> NewMessage:
    files = (NewAttachment(name="a.txt", content_type="a/b", data=data) for data in contents)
    return NewMessage(text="Look", attachments=tuple(files))


def verdicts():
    files = Attachment.objects.order_by("pk")
    return list(files.values_list("verdict", "verdict_note"))


def test_a_file_waits_until_it_is_checked_and_is_then_handed_out(check, client, admin_user):
    client.force_login(admin_user)
    made = ticket(message=message(b"fine"))
    file = Attachment.objects.get()
    place = reverse("desk:attachment", args=[made.pk, file.pk])

    before = client.get(place)
    assert check() == [b"fine"]
    after = client.get(place)

    assert (before.status_code, after.status_code) == (403, 200)
    assert "It is being checked for viruses." in before.content.decode()
    assert verdicts() == [("clean", "")]


def test_a_virus_is_named_and_handed_to_nobody(check, client, admin_user):
    client.force_login(admin_user)
    made = ticket(message=message(b"fine", EICAR))

    check()

    bad = Attachment.objects.get(verdict="infected")
    answer = client.get(reverse("desk:attachment", args=[made.pk, bad.pk]))
    told = Event.objects.filter(stream=made.stream, type="FileChecked").latest("pk")
    assert verdicts() == [("clean", ""), ("infected", NAME)]
    assert answer.status_code == 403
    assert EICAR not in b"".join(answer)
    assert (told.why, told.payload["attachment_id"]) == (NAME, bad.pk)
    assert compared([made.pk]) == {}


def test_files_of_a_later_message_are_checked_too(check):
    made = ticket()
    receive_message(
        ticket_id=made.pk, customer_id=made.customer_id, message=message(EICAR), at=timezone.now()
    )

    check()

    assert verdicts() == [("infected", NAME)]


def test_while_clamd_is_away_files_wait_and_all_else_goes_on(check):
    made = ticket(message=message(b"fine"))

    drain()

    run = Run.objects.get(flow="scan files")
    assert verdicts() == [("waiting", "")]
    assert (run.state, run.error_code) == ("ready", "scanner_away")
    assert Run.objects.filter(serial_key=made.stream, state="ready").count() == 0
    assert check() == [b"fine"]
    assert verdicts() == [("clean", "")]


def test_an_answer_that_is_none_is_asked_for_again(check):
    ticket(message=message(EICAR))

    # More than once where the pause that chance gave is over while the scanner is still there.
    asked = [*check(HANG_UP), *check("220 mail.example")]
    assert verdicts() == [("waiting", "")]

    asked += check()
    assert verdicts() == [("infected", NAME)]
    assert set(asked) == {EICAR}
    assert Attempt.objects.filter(step__run__flow="scan files").count() == len(asked) >= 3


def test_what_was_given_up_is_handed_out_and_says_that_nobody_checked_it():
    ticket(message=message(b"one", b"two"))
    drain()
    run = Run.objects.get(flow="scan files")

    give_up(run_id=run.pk, by="user:1", why="There is no clamd any more.")
    drain()

    assert verdicts() == [("unreadable", "Its check was given up.")] * 2
    assert not any(file.why_withheld for file in Attachment.objects.all())


def test_a_file_whose_content_is_gone_waits_for_nothing(check):
    ticket(message=message(b"gone soon"))
    file = Attachment.objects.get()
    file.file.storage.delete(file.file.name)

    assert check() == []

    assert verdicts() == [("unreadable", "Its content is gone.")]


def test_where_the_setting_is_taken_away_files_that_wait_count_as_not_checked(settings):
    ticket(message=message(b"fine"))
    settings.CLAMD_URL = ""

    drain()

    assert verdicts() == [("", "")]


def test_without_a_scanner_nothing_is_checked_and_a_blocked_file_never_is(settings, check):
    blocked = NewAttachment(name="run.js", content_type="a/b", data=b"alert(1)")
    ticket(message=NewMessage(text="Look", attachments=(blocked,)))
    assert check() == []
    settings.CLAMD_URL = ""
    ticket(message=message(b"fine"))

    assert verdicts() == [("blocked", "Files that end with .js are not handed out."), ("", "")]
    assert not Run.objects.filter(flow="scan files").exists()


def test_the_doctor_hears_why_clamd_cannot_be_asked(settings):
    assert why_no_scanner().startswith("The virus scanner does not answer: ")

    settings.CLAMD_URL = ""
    assert why_no_scanner() == ""
    with Clamd() as scanner:
        settings.CLAMD_URL = scanner.url
        assert why_no_scanner() == ""
