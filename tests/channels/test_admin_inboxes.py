"""An inbox is one page: refusals are sentences, secrets go in and never out, a try says how."""

import re
import socket
from html import unescape

import pytest
from django.urls import reverse

from apps.channels.models import Inbox, Mailbox
from apps.channels.services.trying import try_in_time
from tests.make.accounts import person
from tests.make.imap import PASSWORD, USER, pymap
from tests.make.mails import inbox, mail
from tests.make.servers import closed_port

pytestmark = pytest.mark.django_db

ADD = reverse("admin:channels_inbox_add")
PLAIN = {
    "name": "Shop",
    "address": "shop@desk.example",
    "is_active": "on",
    "spam": "aside",
    "most_megabytes": "25",
}


def page_of(box: Inbox) -> str:
    return reverse("admin:channels_inbox_change", args=[box.pk])


def text_of(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def words(box: Inbox | None = None, *mailboxes: dict, **fields: str) -> dict[str, str]:
    """The form as a browser posts it: the inbox, its mailboxes that are there, and new ones."""
    known = PLAIN | ({"name": box.name, "address": box.address} if box else {}) | fields
    rows = list(mailboxes)
    there = sum("id" in row for row in rows)
    counts = {"mailboxes-TOTAL_FORMS": len(rows), "mailboxes-INITIAL_FORMS": there}
    usual = {"port": "993", "security": "tls", "sign_in": "password", "folders": "INBOX"}
    usual |= {"afterwards": "seen", "is_active": "on", "provider": "", "host": ""}
    typed = {
        f"mailboxes-{place}-{name}": str(value)
        for place, row in enumerate(rows)
        for name, value in (usual | row).items()
    }
    return known | counts | typed


def errors(answer) -> str:
    """What is refused, as a person reads it."""
    found = re.findall(r'<ul class="errorlist[^>]*>(.*?)</ul>', text_of(answer), re.DOTALL)
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", "".join(found)).split()))


def account(box: Inbox, **fields) -> Mailbox:
    known = {"host": "imap.example.com", "username": "help", "password": "hidden-word-9"}
    return Mailbox.objects.create(inbox=box, **known | fields)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"address": "help@desk.example"}, "Another inbox has this address: open that one"),
        ({"address": "Reply+7@desk.example"}, "that begin with reply+ are those of tickets"),
        ({"address": "team@desk.example"}, "The inbox help@desk.example sends its replies from"),
        ({"reply_from": "Help@desk.example"}, "help@desk.example is another inbox: its team"),
        ({"form_slug": "write"}, "Another inbox has its form there: choose another name."),
        ({"is_default": "on", "is_active": ""}, "The default inbox takes mail that names no"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(admin_client, fields, sentence):
    inbox("help@desk.example", reply_from="team@desk.example", form_slug="write", is_default=False)

    answer = admin_client.post(ADD, words(**fields))

    assert sentence in errors(answer)
    assert Inbox.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"host": "https://imap.x.example"}, "Write only the server's name, such as"),
        ({"host": "imap.x.example:993"}, "Write only the server's name, such as"),
        ({"password": ""}, "Write the password, or an app password of the account."),
        ({"sign_in": "oauth"}, "Register the desk at the provider, and write its client id"),
        ({"afterwards": "move"}, "Name the folder that mails are moved to."),
        ({"folders": " \r\n "}, "Name a folder to read; the first of an account is INBOX."),
        ({"folders": "x" * 201}, "A folder's name has at most 200 letters: write each on a line"),
    ],
)
def test_a_mailbox_that_could_never_be_read_is_refused_in_a_sentence(
    admin_client, fields, sentence
):
    typed = {"host": "imap.x.example", "username": "help", "password": "long-word-17"}

    answer = admin_client.post(ADD, words(None, typed | fields))

    assert sentence in errors(answer)
    assert "long-word-17" not in text_of(answer)
    assert not Mailbox.objects.exists()


@pytest.mark.parametrize(
    ("provider", "host", "sign_in"),
    [
        ("gmail", "imap.gmail.com", "oauth"),
        ("microsoft", "outlook.office365.com", "oauth"),
        ("fastmail", "imap.fastmail.com", "password"),
    ],
)
def test_a_provider_says_what_need_not_be_typed(admin_client, provider, host, sign_in):
    typed = {"provider": provider, "port": "143", "security": "plain", "username": "help"}
    typed |= {"password": "long-word-17", "client_id": "desk-1"}

    admin_client.post(ADD, words(None, typed))

    box = Mailbox.objects.get()
    assert (box.host, box.port, box.security, box.sign_in) == (host, 993, "tls", sign_in)


def test_what_was_changed_about_a_provider_stays(admin_client):
    typed = {"provider": "gmail", "host": "imap.gmail.com", "sign_in": "password"}

    admin_client.post(ADD, words(None, typed | {"username": "help", "password": "app-word"}))

    assert Mailbox.objects.get().sign_in == "password"


def test_secrets_are_never_shown_and_stay_when_nothing_is_typed(admin_client):
    box = inbox()
    row = account(box, client_secret="hidden-word-8", refresh_token="hidden-word-7")
    there = {"id": row.pk, "inbox": box.pk, "host": row.host, "username": "else"}

    shown = text_of(admin_client.get(page_of(box)))
    answer = admin_client.post(page_of(box), words(box, there))

    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.username, row.password.reveal()) == ("else", "hidden-word-9")
    assert not re.search(r"hidden-word|sealed:", shown)


def test_a_mailbox_may_be_added_without_any_for_an_inbox_that_has_none(admin_client):
    admin_client.post(ADD, words(None, {}))

    assert Inbox.objects.get().address == "shop@desk.example"
    assert not Mailbox.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_mailbox_is_saved_and_tried_and_the_answer_stands_beside_the_button(admin_client):
    box = inbox()
    with pymap() as server:
        server.put(mail())
        typed = {"host": "127.0.0.1", "port": server.port, "security": "plain"}
        typed |= {"username": USER, "password": PASSWORD}

        saved = admin_client.post(page_of(box), words(box, typed, _try="new"))
        shown = text_of(admin_client.get(saved["Location"]))

    row = Mailbox.objects.get()
    assert saved["Location"] == f"{page_of(box)}#mailbox-{row.pk}"
    said = shown[shown.index(f'id="mailbox-{row.pk}"') :]
    assert "It works: INBOX has 1 mail" in said
    assert "It works" not in text_of(admin_client.get(page_of(box)))


@pytest.mark.django_db(transaction=True)
def test_what_is_wrong_with_it_is_said_in_words(admin_client):
    box = inbox()
    row = account(box, host="127.0.0.1", port=closed_port(), security="plain")
    there = {"id": row.pk, "inbox": box.pk, "host": row.host, "port": row.port}
    there |= {"username": "help", "security": "plain"}

    admin_client.post(page_of(box), words(box, there, _try=str(row.pk)))

    shown = text_of(admin_client.get(page_of(box)))
    assert f"127.0.0.1 does not answer as a mail server on port {row.port}" in shown
    assert '<details class="in-fields" open>' in shown
    assert shown.count("data-at-fault") == 1
    assert re.search(r'<input[^>]*name="mailboxes-0-port"[^>]*data-at-fault', shown)
    assert "hidden-word-9" not in shown


@pytest.mark.django_db(transaction=True)
def test_a_server_that_says_nothing_holds_nobody_up():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        row = account(inbox(), host="127.0.0.1", port=silent.getsockname()[1], security="plain")

        tried = try_in_time(mailbox_id=row.pk, seconds=0.3)

    assert not tried.works
    assert tried.says.startswith("It was not done after 0 s: the server speaks too slowly.")


def test_a_form_with_mistakes_tries_nothing(admin_client):
    box = inbox()
    row = account(box)
    there = {"id": row.pk, "inbox": box.pk, "host": "a b", "username": "help"}

    answer = admin_client.post(page_of(box), words(box, there, _try=str(row.pk)))

    assert "Write only the server" in errors(answer)
    assert "tried" not in admin_client.session


@pytest.mark.parametrize("word", ["x", "-1", "9" * 30, "0"])
def test_an_odd_try_only_saves(admin_client, word):
    box = inbox()

    answer = admin_client.post(page_of(box), words(box, _try=word))

    assert answer["Location"] == reverse("admin:channels_inbox_changelist")
    assert "tried" not in admin_client.session


def test_another_inboxs_mailbox_is_not_tried(admin_client):
    box, other = inbox(), account(inbox("other@desk.example"))

    admin_client.post(page_of(box), words(box, _try=str(other.pk)))

    assert "tried" not in admin_client.session


def test_the_way_out_is_tried_by_a_mail_to_oneself(admin_client, admin_user, mailoutbox):
    box = inbox(from_name="The shop")

    admin_client.post(page_of(box), words(box, _try="outgoing", from_name="The shop"))

    (sent,) = mailoutbox
    assert (sent.to, sent.from_email) == ([admin_user.email], f"The shop <{box.address}>")
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
    shown = text_of(admin_client.get(page_of(box)))
    assert f"the mail server took a mail from {box.address} to {admin_user.email}." in shown


def test_every_kind_of_security_can_be_chosen_in_words_that_fit_a_phone(admin_client):
    box = inbox()
    account(box)

    text = text_of(admin_client.get(page_of(box)))

    chosen = re.search(r'<select name="mailboxes-0-security".*?</select>', text, re.DOTALL)
    assert re.findall(r'value="(\w+)"[^>]*>\s*([^<]+?)\s*<', chosen[0]) == [
        ("tls", "TLS from the first byte"),
        ("starttls", "STARTTLS"),
        ("plain", "none (own network only)"),
    ]


@pytest.mark.parametrize("role", ["agent", "reviewer", "lead", "service"])
def test_only_administrators_set_inboxes_up_or_try_them(client, role):
    box = inbox()
    row = account(box)
    client.force_login(person(role=role, is_staff=True))

    assert client.get(page_of(box)).status_code == 403
    assert client.post(page_of(box), words(box, _try=str(row.pk))).status_code == 403
    assert client.post(ADD, words()).status_code == 403
    assert "tried" not in client.session


def test_looking_at_it_tries_nothing(admin_client):
    box = inbox()
    row = account(box)

    text_of(admin_client.get(f"{page_of(box)}?_try={row.pk}"))

    assert "tried" not in admin_client.session
