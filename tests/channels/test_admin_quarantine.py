"""Quarantine: what a person sees of a held mail, and decides about one, some or all of them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.urls import reverse

from apps.channels.admin.quarantine import Quarantine
from apps.channels.models import ReceivedMail
from apps.channels.queries.quarantine import GROUPS, sieved
from apps.channels.services.quarantining import ReasonMissing, decide_quarantined
from apps.channels.types import Held, Sieve, Verdict
from apps.coordination.models import Event
from tests.make.accounts import person
from tests.make.held import held
from tests.make.mails import arrived, inbox

pytestmark = pytest.mark.django_db

DESK = reverse("admin:channels_quarantine")
DECIDE = reverse("admin:channels_quarantine_decide")
DAY = datetime(2026, 11, 2, 9, 15, tzinfo=UTC)


def look_at(row: ReceivedMail) -> str:
    return reverse("admin:channels_receivedmail_look", args=[row.pk])


def text_of(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def token(row: ReceivedMail) -> str:
    return f"{row.pk}.{row.attempts}"


def level_of(answer) -> list[str]:
    return [message.level_tag for message in answer.context["messages"]]


def outcomes() -> list[str]:
    return list(ReceivedMail.objects.order_by("pk").values_list("outcome", flat=True))


def test_a_held_mail_stands_there_with_reason_sender_subject_and_inbox(admin_client):
    shop = inbox("shop@desk.example")
    (row,) = held(inbox=shop, reason="It names no sender that could be answered.")

    text = text_of(admin_client.get(DESK))

    for shown in ("Where is my parcel?", "ada@example.org", "shop@desk.example", row.reason):
        assert shown in text
    assert "1 mail waits for a decision" in text
    assert look_at(row) in text


def test_where_none_is_held_it_says_so_kindly(admin_client):
    arrived()

    assert "No mail is held." in text_of(admin_client.get(DESK))


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("cause=Brake", {"brake"}),
        ("cause=The+mail+is+larger+than+…+MB,+which+is+the+most", {"large"}),
        ("inbox=-", {"large"}),
        ("inbox={shop}", {"brake"}),
        ("inbox=0x1", set()),
        ("day=2026-11-02", {"brake"}),
        ("day=2026-11-03", {"large"}),
        ("day=9999-12-31", set()),
        ("day=never", set()),
        ("cause=%00Brake", {"brake"}),
        ("after=no-number", {"brake", "large"}),
    ],
)
def test_it_is_filtered_by_reason_inbox_and_day(admin_client, words, found):
    shop = inbox("shop@desk.example")
    (brake,) = held(inbox=shop, at=DAY, subject="brake")
    large = "The mail is larger than 25 MB, which is the most. It stays in INBOX."
    (large,) = held(reason=large, at=DAY + timedelta(days=1), subject="large")

    text = text_of(admin_client.get(f"{DESK}?{words.format(shop=shop.pk)}"))

    assert {row.subject for row in (brake, large) if f'id="mail-{row.pk}"' in text} == found


def test_reasons_of_one_kind_are_one_group_whatever_their_numbers(admin_client):
    held(2, reason="Brake: 20 mails of this sender came within 10 minutes.")
    held(reason="Brake: 31 mails of this sender came within 10 minutes.")
    held(reason="It names no sender that could be answered.")

    context = admin_client.get(DESK).context

    assert [(group.cause, group.count) for group in context["groups"]] == [
        ("Brake", 3),
        ("It names no sender that could be answered", 1),
    ]


def test_pages_follow_each_other_and_each_mail_stands_on_one(admin_client):
    everything = {row.pk for row in held(30)}

    first = admin_client.get(DESK)
    second = admin_client.get(f"{DESK}?{first.context['older']}")

    pages = [[row.id for row in page.context["rows"]] for page in (first, second)]
    assert [len(page) for page in pages] == [25, 5]
    assert set(pages[0] + pages[1]) == everything


def test_one_is_processed_again_and_filed_in_spite_of_the_brake(admin_client, admin_user):
    inbox()
    (row,) = held()

    answer = admin_client.post(DECIDE, {"mail": token(row), "verdict": "again"}, follow=True)

    row.refresh_from_db()
    assert row.outcome == "ticket"
    link = f'<a href="/tickets/{row.ticket_id}/">ticket {row.ticket_id}</a>'
    assert f"1 mail was processed again and is a ticket now: {link}." in text_of(answer)
    assert level_of(answer) == ["success"]
    again = Event.objects.get(type="MailTakenUpAgain")
    assert again.actor == f"user:{admin_user.pk}"


def test_one_is_ignored_with_who_and_why_and_may_be_taken_up_later(admin_client, admin_user):
    (row,) = held()

    admin_client.post(DECIDE, {"mail": token(row), "verdict": "ignore", "why": "A parcel robot."})

    row.refresh_from_db()
    assert (row.outcome, row.reason) == ("ignored", "A parcel robot.")
    told = Event.objects.get(type="MailDecided")
    assert (told.actor, told.why) == (f"user:{admin_user.pk}", "A parcel robot.")
    assert told.payload["outcome"] == "ignored"
    listed = reverse("admin:channels_receivedmail_changelist")
    admin_client.post(listed, {"action": "process_again", "_selected_action": [row.pk]})
    assert outcomes() == ["ticket"]


def test_without_a_reason_none_is_ignored(admin_client):
    (row,) = held()

    answer = admin_client.post(DECIDE, {"mail": token(row), "verdict": "ignore"})

    assert "Ignore this mail?" in text_of(answer)
    assert "It opens no ticket and nobody is answered. It is kept, with" in text_of(answer)
    assert outcomes() == ["quarantined"]
    with pytest.raises(ReasonMissing):
        decide_quarantined(
            verdict=Verdict.IGNORE, mails=[], by=person(role="admin"), why="", at=DAY
        )


def test_all_of_a_reason_are_asked_about_and_then_processed_in_batches(admin_client, monkeypatch):
    monkeypatch.setattr(Quarantine, "batch", 2)
    held(3)
    (other,) = held(reason="It names no sender that could be answered.")
    every = {"verdict_all": "again", "cause": "Brake"}

    asked = admin_client.post(DECIDE, every)
    assert outcomes() == ["quarantined"] * 4
    order = {"mails": asked.context["order"].tokens, "verdict": "again", "sure": "yes"}
    half = admin_client.post(DECIDE, order)
    before = half.context["order"]
    carried = {"mails": before.tokens, "done": before.done_ids, "sure": "yes"}
    done = admin_client.post(DECIDE, carried | {"verdict": "again", "cause": "Brake"}, follow=True)

    assert "Process these 3 mails again?" in text_of(asked)
    assert "<strong>2 of 3</strong> are done." in text_of(half)
    assert "3 mails were processed again and are tickets now: " in text_of(done)
    other.refresh_from_db()
    assert outcomes() == ["ticket"] * 3 + ["quarantined"]


def test_one_that_was_decided_meanwhile_is_left_alone_and_stops_no_other(admin_client):
    gone, anew, lying = held(3)
    ReceivedMail.objects.filter(pk=gone.pk).update(outcome="received", decided_at=None)
    ReceivedMail.objects.filter(pk=anew.pk).update(attempts=2)
    order = {"mail": [token(row) for row in (gone, anew, lying)], "sure": "yes"}

    answer = admin_client.post(
        DECIDE, order | {"verdict": "ignore", "why": "Robots."}, follow=True
    )

    text = text_of(answer)
    assert f"Mail {gone.pk} is not in quarantine any more: it is received now." in text
    assert f"Mail {anew.pk} was processed again meanwhile and is held anew" in text
    assert "1 mail is ignored." in text
    assert outcomes() == ["received", "quarantined", "ignored"]


@pytest.mark.parametrize("form", [{}, {"verdict": "again"}, {"verdict": "burn", "mail": "1.1"}])
def test_a_form_that_names_nothing_decides_nothing(admin_client, form):
    held()

    answer = admin_client.post(DECIDE, form, follow=True)

    assert "Choose at least one mail first." in text_of(answer)
    assert outcomes() == ["quarantined"]


@pytest.mark.parametrize("text", ["", "5", "5.", "x.1", "-1.1", "1." + "9" * 12, "9" * 30 + ".1"])
def test_an_odd_token_names_no_mail(text):
    assert Held.read(text) is None


PAGES = (DESK, "/admin/channels/receivedmail/conservation/")


@pytest.mark.parametrize("role", ["agent", "reviewer", "service"])
def test_customers_mail_is_shown_to_nobody_who_has_no_business_with_it(client, role):
    (row,) = held()
    client.force_login(person(role=role, is_staff=True))

    for page in (*PAGES, look_at(row)):
        assert client.get(page).status_code == 403, page
    assert client.post(DECIDE, {"mail": token(row), "verdict": "again"}).status_code == 403
    assert outcomes() == ["quarantined"]


def test_who_is_not_signed_in_is_sent_to_the_door(client):
    (row,) = held()

    for page in (*PAGES, look_at(row), DECIDE):
        assert client.post(page, {"mail": token(row), "verdict": "again"}).status_code == 302
    assert outcomes() == ["quarantined"]


def test_the_first_page_counts_them_for_who_may_see_them(client):
    held(3)

    client.force_login(person(role="lead", is_staff=True))
    assert "3 mails wait for a decision" in text_of(client.get("/admin/"))
    client.force_login(person(role="reviewer", is_staff=True))
    assert "Quarantine" not in text_of(client.get("/admin/"))


def test_a_lead_reads_and_decides(client):
    (row,) = held()
    client.force_login(person(role="lead", is_staff=True))

    assert "Process again" in text_of(client.get(look_at(row)))
    client.post(DECIDE, {"mail": token(row), "verdict": "again"})

    assert outcomes() == ["ticket"]


def test_the_list_asks_a_fixed_number_of_times_and_reads_no_bytes(
    admin_client, django_assert_num_queries
):
    held(25, inbox=inbox())
    admin_client.get(DESK)

    # Session, person; the groups, the inboxes, the page; the header.
    with django_assert_num_queries(6) as asked:
        admin_client.get(DESK)

    assert not [query for query in asked.captured_queries if '"raw"' in query["sql"]]


def test_mails_that_were_filed_do_not_slow_it_however_many_there_are():
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO channels_receivedmail (raw, sha256, size, source, is_partial, recipient,"
            " spam, received_at, sender, subject, message_id_header, problems, outcome, reason,"
            " decided_at, attempts, is_insisted)"
            " SELECT '', '', 0, 'imap', false, '', '', now(), '', '', '', '', 'ignored', '',"
            " now(), 1, false FROM generate_series(1, 2000) n"
        )
        held(50)
        cursor.execute("ANALYZE channels_receivedmail")
        lists = [
            sieved(sieve)[:26].query.sql_with_params()
            for sieve in (Sieve(), Sieve(cause="Brake"), Sieve(inbox="-"))
        ]
        plans = []
        for sql, params in [*lists, (GROUPS, {"zone": "UTC", "most": 10})]:
            cursor.execute(f"EXPLAIN {sql}", params)
            plans.append("\n".join(line for (line,) in cursor.fetchall()))

    assert ["mail_by_outcome" in plan for plan in plans] == [True] * 4
