"""A mailbox of Google's or Microsoft's kind is entered by an access token, never by a password."""

from collections.abc import Iterator

import pytest

from apps.channels.adapters.tokens import name_of, scope_of
from apps.channels.models import Mailbox
from apps.channels.services import connecting
from apps.channels.services.connecting import connected
from apps.channels.services.trying import try_mailbox
from tests.make.imap import ImapServer, dovecot
from tests.make.mails import inbox, mail
from tests.make.oauth import CLIENT, REFRESH, SECRET, TokenServer, token_server
from tests.make.servers import closed_port

pytestmark = pytest.mark.django_db
WORKS = "It works: INBOX has 1 mail. The server tells at once when mail arrives."


@pytest.fixture(autouse=True)
def nothing_kept(settings):
    settings.SUPPORTCOORD_ALLOW_PRIVATE_HOSTS = ["127.0.0.1"]
    connecting.kept.clear()


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[ImapServer, TokenServer]]:
    with token_server() as tokens, dovecot(tokens.url) as server:
        server.put(mail())
        yield server, tokens


@pytest.fixture
def server(both) -> ImapServer:
    return both[0]


@pytest.fixture
def tokens(both) -> TokenServer:
    """As new."""
    found = both[1]
    found.__init__(port=found.port)
    return found


def account(server: ImapServer, tokens: TokenServer, **fields) -> Mailbox:
    defaults = {"host": "127.0.0.1", "port": server.port, "security": "plain"}
    defaults |= {"username": server.user, "sign_in": "oauth"}
    defaults |= {"token_url": f"{tokens.url}/token", "scope": "https://mail.google.com/"}
    defaults |= {"client_id": CLIENT, "client_secret": SECRET, "refresh_token": REFRESH}
    return Mailbox.objects.create(inbox=inbox(), **defaults | fields)


def tried(*facts, **fields) -> str:
    return try_mailbox(mailbox_id=account(*facts, **fields).pk)


def test_the_refresh_token_is_exchanged_for_one_that_opens_the_mailbox(server, tokens):
    said = tried(server, tokens)

    assert said == WORKS
    assert tokens.asked == [
        {
            "grant_type": "refresh_token",
            "client_id": CLIENT,
            "client_secret": SECRET,
            "refresh_token": REFRESH,
            "scope": "https://mail.google.com/",
        }
    ]


def test_an_access_token_is_used_until_it_ends(server, tokens):
    mailbox = account(server, tokens)

    assert [try_mailbox(mailbox_id=mailbox.pk) for _ in range(3)] == [WORKS] * 3

    assert len(tokens.asked) == 1


def test_one_that_ends_within_a_minute_is_not_used_again(server, tokens):
    tokens.lives = 59
    mailbox = account(server, tokens)

    assert [try_mailbox(mailbox_id=mailbox.pk) for _ in range(2)] == [WORKS] * 2

    assert len(tokens.asked) == 2


def test_one_that_was_revoked_meanwhile_is_renewed_at_once(server, tokens):
    mailbox = account(server, tokens)
    try_mailbox(mailbox_id=mailbox.pk)
    tokens.good.clear()

    said = try_mailbox(mailbox_id=mailbox.pk)

    assert said == WORKS
    assert len(tokens.asked) == 2


def test_a_new_refresh_token_takes_the_place_of_the_old_one(server, tokens):
    tokens.rotates = True
    mailbox = account(server, tokens)

    said = try_mailbox(mailbox_id=mailbox.pk)

    mailbox.refresh_from_db()
    assert said == WORKS
    assert mailbox.refresh_token.reveal() == tokens.refresh == "refresh-token-2"
    assert try_mailbox(mailbox_id=mailbox.pk) == WORKS


def test_a_refresh_token_that_a_person_entered_meanwhile_stays(server, tokens):
    mailbox = account(server, tokens)
    Mailbox.objects.update(refresh_token="entered-meanwhile")

    connecting.replace_refresh_token(mailbox=mailbox, new="of-the-old-one")

    mailbox.refresh_from_db()
    assert mailbox.refresh_token.reveal() == "entered-meanwhile"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (
            (400, {"error": "invalid_grant", "error_description": "AADSTS70008: Over.\r\nTrace"}),
            "127.0.0.1 says that the consent for help@desk.example was withdrawn or has expired: "
            "AADSTS70008: Over. (invalid_grant). Connect the mailbox again.",
        ),
        (
            (401, {"error": "invalid_client", "error_description": f"{SECRET} is too old"}),
            "127.0.0.1 does not know the desk by this client id and secret: … is too old "
            "(invalid_client). Check both; a secret may have expired.",
        ),
        (
            (400, {"error": "invalid_scope"}),
            "127.0.0.1 gives no access token for help@desk.example: invalid_scope. "
            "Check the scope and the client.",
        ),
        (
            (503, {}),
            "127.0.0.1 gives no access token at the moment: it answers 503.",
        ),
        (
            (200, "<html>Sign in to the wireless network</html>"),
            "127.0.0.1 gives no access token at the moment: it answers 200, and not what it "
            "should.",
        ),
        (
            (200, {"access_token": "of-somebody-else"}),
            "127.0.0.1 does not take the access token for help@desk.example: "
            "[AUTHENTICATIONFAILED] Authentication failed. Check the user name, the scope, and "
            "that IMAP is switched on for this account.",
        ),
    ],
)
def test_what_is_wrong_is_said_in_words(server, tokens, answer, sentence):
    tokens.script = [answer]

    assert tried(server, tokens) == sentence


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"refresh_token": ""},
            "127.0.0.1 says that the consent for help@desk.example was withdrawn or has expired: "
            "there is no refresh token yet. Connect the mailbox again.",
        ),
        (
            {"token_url": "http://tokens.example/"},
            "http://tokens.example/ is no address to ask for access tokens: it must begin with "
            "https://.",
        ),
        (
            {"token_url": f"http://127.0.0.1:{closed_port()}/"},
            "127.0.0.1 gives no access token at the moment: it cannot be reached.",
        ),
    ],
)
def test_what_is_set_up_wrong_is_said_in_words(server, tokens, fields, sentence):
    assert tried(server, tokens, **fields) == sentence
    assert not tokens.asked


def test_no_secret_is_sent_to_a_machine_inside(server, tokens, settings):
    settings.SUPPORTCOORD_ALLOW_PRIVATE_HOSTS = []

    said = tried(server, tokens, token_url=tokens.url.replace("http", "https"))

    assert said.startswith("127.0.0.1 leads to 127.0.0.1, which is not on the public net.")
    assert not tokens.asked


def test_no_token_stands_where_it_could_be_read(server, tokens):
    mailbox = account(server, tokens)

    with connected(mailbox=mailbox):
        told = repr(connecting.kept)

    assert "access-token" not in told
    assert "refresh-token" not in told


@pytest.mark.parametrize(
    ("host", "who", "scope"),
    [
        ("imap.gmail.com", "Google", "https://mail.google.com/"),
        (
            "Outlook.office365.com",
            "Microsoft",
            "https://outlook.office.com/IMAP.AccessAsUser.All offline_access",
        ),
        ("imap.desk.example", "The token server", ""),
    ],
)
def test_the_two_large_providers_are_known_by_their_mail_servers(host, who, scope):
    mailbox = Mailbox(host=host)

    assert (name_of(mailbox), scope_of(mailbox)) == (who, scope)
