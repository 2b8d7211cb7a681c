"""Conservation on a page: the figures of the command, and the mails behind each of them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.channels.models import Mailbox, MailFolder
from apps.tickets.models import Message
from tests.make.mails import arrived, inbox, mail, stored
from tests.make.tickets import ticket

pytestmark = pytest.mark.django_db

PAGE = reverse("admin:channels_conservation")
DAY = datetime(2026, 11, 2, 9, 15, tzinfo=UTC)


def shown(client, words: str = "until=2026-11-03"):
    answer = client.get(f"{PAGE}?{words}")
    assert answer.status_code == 200
    return answer


def figures(line) -> dict[str, int]:
    return {figure.name: figure.count for figure in line.figures if figure.count}


def test_each_day_and_inbox_has_a_line_with_what_became_of_its_mails(admin_client):
    inbox("help@desk.example")
    arrived(mail(message_id="<a@x>"), at=DAY)
    arrived(mail(message_id="<a@x>"), at=DAY)
    arrived(mail(in_reply_to="<a@x>"), at=DAY)
    arrived(mail(precedence="bulk"), at=DAY + timedelta(days=1))
    arrived(b"", at=DAY + timedelta(days=1))
    stored(at=DAY + timedelta(days=1))

    answer = shown(admin_client)

    lines = {
        (day.name, line.inbox): (line.received.count, figures(line))
        for day in answer.context["days"]
        for line in day.lines
    }
    assert lines == {
        ("Tue 3 Nov", "help@desk.example"): (2, {"ignored": 1, "quarantined": 1}),
        ("Tue 3 Nov", "no inbox"): (1, {"waiting": 1}),
        ("Mon 2 Nov", "help@desk.example"): (3, {"tickets": 1, "replies": 1, "duplicates": 1}),
    }
    assert "The sums agree." in answer.content.decode()


def test_each_figure_leads_to_the_mails_behind_it(admin_client):
    inbox("help@desk.example")
    arrived(mail(precedence="bulk"), at=DAY)
    arrived(at=DAY)
    arrived(at=DAY + timedelta(days=1))
    stored(at=DAY)

    (_, monday) = shown(admin_client).context["days"]

    for line in monday.lines:
        for figure in [line.received, *line.figures]:
            listed = admin_client.get(figure.url)
            assert listed.status_code == 200
            assert listed.context["cl"].result_count == figure.count, (line.inbox, figure.name)


def test_a_mail_without_an_outcome_that_holds_is_told_and_found(admin_client):
    outcome = arrived(at=DAY)
    arrived(at=DAY)
    Message.objects.filter(pk=outcome.message_id).update(ticket=ticket())

    answer = shown(admin_client)

    assert "1 of 2 mails has no outcome that holds." in answer.content.decode()
    listed = admin_client.get(answer.context["whole"].lacking)
    assert listed.context["cl"].result_count == 1


def test_older_days_are_one_press_away_and_the_way_back_as_well(admin_client):
    arrived(at=timezone.now() - timedelta(days=40))

    today = shown(admin_client, "")
    older = shown(admin_client, today.context["earlier"])

    assert today.context["days"] == []
    assert "No mail came from" in today.content.decode()
    assert len(older.context["days"]) == 1
    assert older.context["earlier"] == ""
    assert older.context["later"] == f"until={timezone.localdate().isoformat()}"


@pytest.mark.parametrize("until", ["never", "0001-01-01", "9999-12-31", "%00", "2026-02-31"])
def test_an_odd_day_is_today(admin_client, until):
    assert shown(admin_client, f"until={until}").context["later"] == ""


def test_it_asks_a_fixed_number_of_times(admin_client, django_assert_num_queries):
    for days in range(5):
        arrived(at=DAY + timedelta(days=days))
    shown(admin_client)

    # Session, person; the sums, whether more came before; the header.
    with django_assert_num_queries(5):
        shown(admin_client)


def test_what_lies_in_each_mailbox_stands_below(admin_client):
    box = inbox()
    known = {"inbox": box, "host": "imap.desk.example", "password": "x"}
    well, ill = (Mailbox.objects.create(username=name, **known) for name in ("well", "ill"))
    place = {"name": "INBOX", "lying": 12, "compared_at": timezone.now()}
    MailFolder.objects.create(mailbox=well, waiting=2, **place)
    MailFolder.objects.create(mailbox=ill, missing=3, **place)
    MailFolder.objects.create(mailbox=ill, name="not read any more", missing=9)

    text = shown(admin_client, "").content.decode()

    assert "12 mails lay there, 2 of them not read yet; none was missing here." in text
    assert "3 of 12 mails lie there and are not here: run manage.py reconcile --again." in text
    assert "not read any more" not in text


def test_one_mail_is_spoken_of_as_one(admin_client):
    row = Mailbox.objects.create(inbox=inbox(), host="imap.desk.example", username="u")
    MailFolder.objects.create(
        mailbox=row, name="INBOX", lying=1, missing=1, compared_at=timezone.now()
    )

    text = shown(admin_client, "").content.decode()

    assert "1 of 1 mail lies there and is not here: run manage.py reconcile --again." in text
