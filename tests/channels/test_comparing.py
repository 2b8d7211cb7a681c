"""What lies in a mailbox is held against what was received from it; what is missing comes in."""

import io
import tracemalloc

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from apps.channels.adapters import imap as adapter
from apps.channels.models import Inbox, Mailbox, MailFolder, ReceivedMail
from apps.channels.queries.sums import mail_sums, total_of
from apps.channels.services import comparing
from apps.channels.services.collecting import collect_batch
from apps.channels.services.comparing import Comparison, compare_folder, compare_mailbox
from apps.channels.services.connecting import connected
from apps.channels.services.deciding import decide_mail
from apps.channels.services.previewing import preview_mail
from apps.channels.services.receiving import reprocess_mail, set_aside, take_whole
from tests.make.mails import inbox, mail
from tests.make.servers import closed_port
from tests.make.tickets import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox(server) -> Mailbox:
    """Three mails were collected from it."""
    server.put(*[mail(f"Number {number}\r\n") for number in range(3)], folder="Support")
    made = Mailbox.objects.create(
        inbox=inbox(),
        host="127.0.0.1",
        port=server.port,
        security="plain",
        username=server.user,
        password=server.password,
        folders="Support",
    )
    collect(made)
    return made


def collect(mailbox: Mailbox) -> None:
    with connected(mailbox=mailbox) as session:
        collect_batch(session=session, folder="Support", at=timezone.now())


def compared(mailbox: Mailbox, *, again: bool = False) -> Comparison:
    (one,) = compare_mailbox(mailbox=mailbox, again=again, at=timezone.now())
    return one


def lose(number: int) -> int:
    """A mail that was received is gone here; returns its UID there."""
    gone = ReceivedMail.objects.order_by("pk")[number]
    ReceivedMail.objects.filter(pk=gone.pk).delete()
    return int(gone.origin.rpartition(":")[2])


def test_what_was_collected_is_all_here(mailbox):
    assert compared(mailbox) == Comparison(folder="Support", lying=3, waiting=0, missing=())

    place = MailFolder.objects.get()
    assert (place.lying, place.waiting, place.missing, place.missing_uids) == (3, 0, 0, [])
    assert place.compared_at


def test_what_arrived_since_waits_and_is_not_missing(mailbox, server):
    server.put(mail("New\r\n"), folder="Support")

    assert compared(mailbox) == Comparison(folder="Support", lying=4, waiting=1, missing=())


def test_a_mail_that_is_not_here_is_named_and_nothing_is_changed(mailbox, server):
    before = server.flags("Support")
    uid = lose(1)

    assert compared(mailbox).missing == (uid,)

    place = MailFolder.objects.get()
    assert (place.missing, place.missing_uids) == (1, [uid])
    assert server.flags("Support") == before
    assert ReceivedMail.objects.count() == 2


def test_a_missing_mail_is_taken_in_again_and_then_none_is_missing(mailbox, server):
    uid = lose(1)
    server.change(uid, "\\Seen", folder="Support", sign="-")

    again = compared(mailbox, again=True)

    assert again == Comparison(folder="Support", lying=3, waiting=0, missing=(), taken=1)
    assert bytes(ReceivedMail.objects.latest("pk").raw).endswith(b"Number 1\r\n")
    assert server.flags("Support")[uid] == {"\\Seen"}
    assert compared(mailbox, again=True).taken == 0


def test_a_folder_with_new_numbers_waits_as_a_whole(mailbox, server):
    server.renew("Support")
    server.put(mail(), mail(), folder="Support")

    assert compared(mailbox) == Comparison(folder="Support", lying=2, waiting=2, missing=())


def test_a_large_folder_is_compared_piece_by_piece(mailbox, monkeypatch):
    monkeypatch.setattr(adapter, "MOST_NUMBERS", 2)
    monkeypatch.setattr(comparing, "AT_ONCE", 2)
    uid = lose(2)

    assert compared(mailbox) == Comparison(folder="Support", lying=3, waiting=0, missing=(uid,))


def test_a_large_folder_is_collected_piece_by_piece(mailbox, server, monkeypatch):
    monkeypatch.setattr(adapter, "MOST_NUMBERS", 2)
    server.put(*[mail(f"Later {number}\r\n") for number in range(5)], folder="Support")

    collect(mailbox)

    assert ReceivedMail.objects.count() == 8


def test_a_mail_that_was_too_large_is_taken_whole_once_its_inbox_takes_it(mailbox, server):
    Inbox.objects.update(most_megabytes=1)
    mailbox.inbox.refresh_from_db()
    large = mail("x" * 1_100_000 + "\r\n", subject="My whole disk")
    server.put(large, folder="Support")
    collect(mailbox)
    assert compared(mailbox, again=True).in_part == 1
    Inbox.objects.update(most_megabytes=2)

    found = compared(Mailbox.objects.get(), again=True)

    assert (found.taken, found.in_part, found.missing) == (1, 0, ())
    part, whole = ReceivedMail.objects.filter(pk__gt=ReceivedMail.objects.order_by("pk")[2].pk)[
        ::-1
    ]
    assert bytes(whole.raw) == large
    assert (whole.outcome, whole.is_partial) == ("received", False)
    assert (part.outcome, part.duplicate_of) == ("duplicate", whole)
    assert part.reason == f"It was taken whole since: it is mail {whole.pk}."
    assert list(server.flags("Support").values()) == [{"\\Seen"}] * 4
    assert compared(Mailbox.objects.get(), again=True).taken == 0


def test_headers_alone_are_no_ticket_even_if_a_person_wants_them_filed(mailbox):
    uid = lose(0)
    origin = f"imap:{mailbox.pk}:Support:{MailFolder.objects.get().uid_validity}:{uid}"
    head = mail().partition(b"\r\n\r\n")[0]
    place = {"origin": origin, "at": timezone.now()}
    part = set_aside(raw=head, inbox=mailbox.inbox, why="It is too large.", **place)

    why_not = preview_mail(mail=part).why_not
    reprocess_mail(mail_id=part.pk, by=person(), at=timezone.now())
    again = decide_mail(mail_id=part.pk)

    assert (again.outcome, again.reason) == ("quarantined", why_not)
    assert again.reason == (
        f"Only its headers are here; the mail itself lies in Support of {mailbox}. "
        "Once it can be had whole, manage.py reconcile --again takes it in."
    )
    assert compared(mailbox, again=True).taken == 1
    part.refresh_from_db()
    assert part.outcome == "duplicate"


def test_a_mail_taken_whole_may_turn_out_to_be_a_copy_and_the_sums_agree(mailbox):
    first = ReceivedMail.objects.earliest("pk")
    decide_mail(mail_id=first.pk)
    gone = ReceivedMail.objects.latest("pk")
    ReceivedMail.objects.filter(pk=gone.pk).delete()
    part = set_aside(
        raw=b"", inbox=mailbox.inbox, origin=gone.origin, why="No.", at=timezone.now()
    )

    whole = take_whole(origin=gone.origin, raw=bytes(first.raw), at=timezone.now())
    decide_mail(mail_id=whole.pk)

    part.refresh_from_db()
    assert (part.outcome, part.duplicate_of) == ("duplicate", first)
    assert total_of(mail_sums()).agrees


def reconcile(*arguments: str) -> list[str]:
    said = io.StringIO()
    call_command("reconcile", *arguments, stdout=said)
    return said.getvalue().splitlines()


def test_the_command_says_how_it_stands_with_each_folder(mailbox):
    assert reconcile()[-1] == f"{mailbox}, Support: 3 lie there, none is missing here"


def test_the_command_fails_for_what_is_missing_until_it_is_taken_in(mailbox):
    uid = lose(0)
    out = io.StringIO()

    with pytest.raises(CommandError, match=r"^1 mail lies in a mailbox and is not here"):
        call_command("reconcile", stdout=out)

    named = f"{mailbox}, Support: 3 lie there, 1 is MISSING here (UID {uid})"
    assert out.getvalue().splitlines()[-1] == named
    assert reconcile("--again")[-1].endswith("3 lie there, 1 taken in again, none is missing here")
    assert reconcile()[-1].endswith("none is missing here")


def test_a_mailbox_that_cannot_be_asked_proves_nothing(mailbox):
    Mailbox.objects.update(port=closed_port())

    with pytest.raises(CommandError, match="asked: 1 mailbox did not answer as it should"):
        reconcile()

    assert reconcile("--here")[-1].endswith("the sums agree.")


class Crowded:
    """A session with a folder of a hundred thousand mails."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox

    def select(self, folder: str, *, readonly: bool) -> int:
        return 7

    def uids(self, first: int) -> list[int]:
        return list(range(first, 100_001))


@pytest.mark.stack
def test_a_hundred_thousand_mails_take_little_room_however_many_are_missing():
    mailbox = Mailbox.objects.create(inbox=inbox(), host="imap.desk.example", username="help")
    MailFolder.objects.create(
        mailbox=mailbox, name="INBOX", uid_validity=7, last_uid=99_990, settled_uid=99_990
    )
    tracemalloc.start()

    found = compare_folder(session=Crowded(mailbox), folder="INBOX", at=timezone.now())

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    place = MailFolder.objects.get()
    assert (found.lying, found.waiting, len(found.missing)) == (100_000, 10, 99_990)
    assert (place.missing, len(place.missing_uids)) == (99_990, 100)
    assert peak < 25_000_000
