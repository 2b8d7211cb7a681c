"""Received mail in the admin: seen, downloaded as it came, processed again with who and why."""

import pytest
from django.urls import reverse

from apps.channels.models import Inbox, ReceivedMail
from apps.coordination.models import Event
from tests.make.mails import arrived, inbox, mail, stored
from tests.make.tickets import person, team

pytestmark = pytest.mark.django_db

LIST = reverse("admin:channels_receivedmail_changelist")


def process_again(client, row, why="the parser was mended"):
    chosen = {"action": "process_again", "_selected_action": [row.pk], "why": why}
    return client.post(LIST, chosen, follow=True)


def test_a_quarantined_mail_is_processed_again_with_who_and_why(admin_client, admin_user):
    arrived(b"")
    row = ReceivedMail.objects.get()

    answer = process_again(admin_client, row)

    row.refresh_from_db()
    assert (row.outcome, row.attempts) == ("quarantined", 2)
    says = "1 mail was processed again and is held again: there is nothing in it: no subject,"
    assert says in answer.content.decode()
    again = Event.objects.get(type="MailTakenUpAgain")
    assert (again.actor, again.why) == (f"user:{admin_user.pk}", "the parser was mended")


def test_a_filed_mail_is_left_alone_and_the_person_is_told(admin_client):
    arrived()
    row = ReceivedMail.objects.get()

    answer = process_again(admin_client, row)

    row.refresh_from_db()
    assert row.outcome == "ticket"
    assert "cannot move from ticket to received" in answer.content.decode()


def test_the_mail_is_downloaded_as_it_came_and_never_shown_as_a_page(admin_client):
    row = stored(b"Content-Type: text/html\r\n\r\n<script>alert(1)</script>\0\xff")

    answer = admin_client.get(reverse("admin:channels_receivedmail_raw", args=[row.pk]))

    assert answer.content == bytes(ReceivedMail.objects.get().raw)
    assert answer["Content-Type"] == "text/plain"
    assert answer["Content-Disposition"] == f'attachment; filename="mail-{row.pk}.eml"'
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_mail_that_is_not_there_is_not_found(admin_client):
    assert (
        admin_client.get(reverse("admin:channels_receivedmail_raw", args=[0])).status_code == 404
    )


def test_hostile_words_are_only_words(admin_client):
    arrived(mail(subject="<script>alert(1)</script>"))
    row = ReceivedMail.objects.get()

    for page in (LIST, reverse("admin:channels_receivedmail_change", args=[row.pk])):
        assert "<script>alert(1)" not in admin_client.get(page).content.decode()


def test_the_list_says_what_became_of_each_before_anything_else_and_names_itself(admin_client):
    twice = mail(message_id="<a@x>")
    ticket = arrived(twice)
    arrived(twice)
    arrived(b"")

    answer = admin_client.get(LIST)

    text = answer.content.decode()
    first = ReceivedMail.objects.earliest("pk")
    assert answer.context["title"] == "Received mails"
    assert answer.context["cl"].list_display[:3] == ["action_checkbox", "id", "became"]
    assert f'<a href="/tickets/{ticket.ticket_id}/">{ticket.ticket_id}</a>' in text
    assert (
        f'of <a href="/admin/channels/receivedmail/{first.pk}/change/">mail {first.pk}</a>' in text
    )
    assert '<p class="rm-why">There is nothing in it: no subject, no text, no file.</p>' in text
    assert text.count("data-ago>now</time>") == 3


def test_a_filter_that_hides_mails_says_that_it_does(admin_client):
    arrived()

    assert "Filter is on" not in admin_client.get(LIST).content.decode()
    assert "Filter is on" in admin_client.get(f"{LIST}?outcome__exact=ignored").content.decode()


def test_nobody_writes_or_removes_a_received_mail(admin_client):
    row = stored()

    assert admin_client.get(reverse("admin:channels_receivedmail_add")).status_code == 403
    gone = reverse("admin:channels_receivedmail_delete", args=[row.pk])
    assert admin_client.post(gone, {"post": "yes"}).status_code == 403
    assert ReceivedMail.objects.exists()


def test_who_may_not_see_mail_gets_none(client):
    row = stored()
    client.force_login(person("agent", is_staff=True))

    assert client.get(reverse("admin:channels_receivedmail_raw", args=[row.pk])).status_code == 403
    assert client.get(LIST).status_code == 403


def test_a_lead_may_process_again(client):
    arrived(b"")
    client.force_login(person("lead", is_staff=True))

    process_again(client, ReceivedMail.objects.get())

    assert ReceivedMail.objects.get().attempts == 2


def test_the_list_reads_no_raw_mail_and_asks_the_same_for_many(
    admin_client, django_assert_max_num_queries
):
    shop = inbox("shop@desk.example", team=team())
    for _ in range(30):
        arrived(inbox_address=shop.address)

    with django_assert_max_num_queries(10) as asked:
        assert admin_client.get(LIST).status_code == 200

    assert not [query for query in asked.captured_queries if '"raw"' in query["sql"]]


def test_an_inbox_is_written_in_lower_case_and_only_one_is_the_default(admin_client):
    inbox("help@desk.example")
    fields = {"name": "Shop", "address": "Shop@Desk.example", "is_active": "on"}
    fields |= {"spam": "aside", "most_megabytes": "25"}
    fields |= {"mailboxes-TOTAL_FORMS": "0", "mailboxes-INITIAL_FORMS": "0"}

    both = admin_client.post(reverse("admin:channels_inbox_add"), fields | {"is_default": "on"})
    admin_client.post(reverse("admin:channels_inbox_add"), fields)

    assert "Another inbox is the default one." in both.content.decode()
    assert Inbox.objects.get(name="Shop").address == "shop@desk.example"


def test_a_sender_name_cannot_smuggle_headers(admin_client):
    fields = {"name": "Shop", "address": "s@desk.example", "from_name": "x\nBcc: eve@x.example"}

    answer = admin_client.post(reverse("admin:channels_inbox_add"), fields)

    assert answer.status_code == 200
    assert not Inbox.objects.exists()


def test_a_reason_no_database_would_take_is_made_fit_and_kept(admin_client):
    arrived(b"")

    answer = process_again(admin_client, ReceivedMail.objects.get(), why="no\0thing" + "x" * 5000)

    again = Event.objects.get(type="MailTakenUpAgain")
    assert answer.status_code == 200
    assert again.why == f"nothing{'x' * 292}…"
