"""An admin connects a mailbox: its owner agrees at the provider, and the token comes back."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings

from apps.channels.models import Mailbox
from apps.channels.services import connecting
from apps.channels.services.consenting import consent_page
from tests.make.accounts import person
from tests.make.mails import inbox
from tests.make.oauth import CLIENT, SECRET, token_server

pytestmark = pytest.mark.django_db
BACK = "/admin/mailboxes/connected/"


@pytest.fixture
def tokens(settings):
    settings.SUPPORTCOORD_ALLOW_PRIVATE_HOSTS = ["127.0.0.1"]
    connecting.kept.clear()
    with token_server() as running:
        yield running


def account(tokens, **fields) -> Mailbox:
    defaults = {"host": "127.0.0.1", "port": 1, "security": "plain", "sign_in": "oauth"}
    defaults |= {"username": tokens.user, "token_url": f"{tokens.url}/token", "scope": "imap"}
    defaults |= {"client_id": CLIENT, "client_secret": SECRET}
    return Mailbox.objects.create(inbox=inbox(), **defaults | fields)


def asked(client, mailbox: Mailbox):
    """Where the admin is sent, and the state that must come back."""
    answer = client.get(f"/admin/mailboxes/{mailbox.pk}/connect/")
    parts = urlsplit(answer["Location"])
    return parts, parse_qs(parts.query).get("state", [""])[0]


def told(client) -> str:
    return " ".join(str(each) for each in client.get("/admin/").context["messages"])


def test_the_owner_is_asked_for_just_this_and_a_refresh_token_is_kept(admin_client, tokens):
    mailbox = account(tokens)

    parts, state = asked(admin_client, mailbox)
    code = tokens.agree(parts.query)
    admin_client.get(BACK, {"code": code, "state": state})

    question = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert parts.path == "/authorize"
    assert (
        question.items()
        >= {
            "client_id": CLIENT,
            "redirect_uri": f"{settings.SITE_URL}{BACK}",
            "scope": "imap",
            "code_challenge_method": "S256",
            "access_type": "offline",
            "login_hint": tokens.user,
        }.items()
    )
    mailbox.refresh_from_db()
    assert mailbox.refresh_token.reveal() == tokens.refresh
    assert told(admin_client).startswith("The mailbox is connected. 127.0.0.1 does not answer")


def test_an_answer_counts_once_and_only_where_it_was_asked_for(admin_client, client, tokens):
    mailbox = account(tokens)
    parts, state = asked(admin_client, mailbox)
    client.force_login(person(role="admin"))

    for somebody, said in ((client, state), (admin_client, "guessed"), (admin_client, state)):
        somebody.get(BACK, {"code": tokens.agree(parts.query), "state": said})
        assert told(somebody) == ("This answer belongs to no question from here: connect again.")

    mailbox.refresh_from_db()
    assert not mailbox.refresh_token
    assert not tokens.asked


def test_a_no_of_the_owner_is_told(admin_client, tokens):
    mailbox = account(tokens)
    _parts, state = asked(admin_client, mailbox)

    admin_client.get(BACK, {"error": "access_denied", "state": state})

    assert told(admin_client) == "The mailbox is not connected: access_denied."


def test_without_a_refresh_token_nothing_is_kept(admin_client, tokens):
    mailbox = account(tokens)
    _parts, state = asked(admin_client, mailbox)
    tokens.script = [(200, {"access_token": "for-an-hour"})]

    admin_client.get(BACK, {"code": "any", "state": state})

    mailbox.refresh_from_db()
    assert told(admin_client).startswith("127.0.0.1 gave no refresh token")
    assert not mailbox.refresh_token


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"token_url": "https://tokens.example/renew"},
            "Where tokens.example asks for consent is not known: enter a refresh token instead.",
        ),
        ({"client_id": ""}, "Register the desk at 127.0.0.1, and enter its client id first."),
    ],
)
def test_who_cannot_be_asked_is_told(admin_client, tokens, fields, sentence):
    asked(admin_client, account(tokens, **fields))

    assert told(admin_client) == sentence


@pytest.mark.parametrize("role", ["agent", "lead"])
def test_nobody_else_connects_mailboxes(client, tokens, role):
    addresses = [f"/admin/mailboxes/{account(tokens).pk}/connect/", BACK]
    anonymous = [client.get(each)["Location"] for each in addresses]
    client.force_login(person(role=role))

    signed_in = [client.get(each).status_code for each in addresses]

    assert all(each.startswith("/accounts/login/") for each in anonymous)
    assert signed_in == [403, 403]


def test_the_consent_pages_of_the_two_large_providers_are_known():
    microsoft = "https://login.microsoftonline.com/common/oauth2/v2.0"

    assert consent_page("https://oauth2.googleapis.com/token") == (
        "https://accounts.google.com/o/oauth2/v2/auth"
    )
    assert consent_page(f"{microsoft}/token") == f"{microsoft}/authorize"
