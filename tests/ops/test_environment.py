"""Settings are read from the environment, and a wrong one is told in a sentence."""

import stat
from pathlib import Path

import pytest

from supportcoord.environment import CannotStart, Environment, Place


@pytest.fixture
def told(tmp_path):
    """An environment made of a process that knows these names, in an empty folder."""

    def told(**process: str) -> Environment:
        return Environment(tmp_path, process)

    return told


def refusal(error: pytest.ExceptionInfo[CannotStart]) -> str:
    return str(error.value.code).removeprefix("supportcoord cannot start: ")


def test_what_is_not_set_or_empty_has_its_default(told):
    env = told(DEBUG="", WORDS=" ")

    assert env.flag("DEBUG", default=True) is True
    assert env.words("WORDS", default="a, b,") == ["a", "b"]
    assert env.number("SIZE", default=4) == 4
    assert env.text("NOTE", default="") == ""


def test_a_place_to_listen_is_a_port_of_a_host_or_a_socket(told):
    env = told(PORT="127.0.0.1:2424", SIX="[::1]:24", SOCKET="/run/desk/lmtp")

    assert env.place("PORT") == Place(host="127.0.0.1", port=2424)
    assert env.place("SIX") == Place(host="::1", port=24)
    assert env.place("SOCKET") == Place(socket=Path("/run/desk/lmtp"))
    assert env.place("NOWHERE") is None


def test_the_names_asked_for_are_remembered_once(told):
    env = told()

    env.text("A", default="")
    env.flag("B", default=False)
    env.text("A", default="")

    assert env.names == ["ENV_FILE", "A", "B"]


@pytest.mark.parametrize(
    ("value", "asked", "sentence"),
    [
        ("maybe", lambda e: e.flag("X", default=False), 'X is "maybe"; write 1 or 0.'),
        ("-1", lambda e: e.number("X", default=1), 'X is "-1"; write a whole number from 0.'),
        (
            "99",
            lambda e: e.number("X", default=1, most=64),
            'X is "99"; write a whole number from 0 to 64.',
        ),
        (
            "desk.example",
            lambda e: e.place("X"),
            "X is no place such as 127.0.0.1:2424 or /run/desk/lmtp.",
        ),
        (
            "desk.example",
            lambda e: e.url("X"),
            "X is not an address such as http://host:port.",
        ),
        (
            "http://desk.example:port",
            lambda e: e.url("X"),
            "X is not an address such as http://host:port.",
        ),
        (
            "http://127.0.0.1",
            lambda e: e.url("X", schemes=("redis",)),
            "X is not an address such as redis://host:port.",
        ),
        (
            "loud",
            lambda e: e.choice("X", default="INFO", among=("INFO", "ERROR")),
            'X is "loud"; write one of INFO, ERROR.',
        ),
        (
            "Mars/Base",
            lambda e: e.zone("X", default="UTC"),
            'X is "Mars/Base"; write a name such as Europe/Berlin.',
        ),
        (
            "../etc/passwd",
            lambda e: e.zone("X", default="UTC"),
            'X is "../etc/passwd"; write a name such as Europe/Berlin.',
        ),
        (
            "sqlite:///db",
            lambda e: e.database("X", default=""),
            "X must name a PostgreSQL database, such as postgresql://user:password@host:5432/name.",
        ),
        (
            "postgresql://u:p@host:port/name",
            lambda e: e.database("X", default=""),
            "X is not an address such as postgresql://user:password@host:5432/name.",
        ),
        (
            "mail.example",
            lambda e: e.email_url("X", outbox=e.base_dir),
            "X is not an address such as smtp+tls://user:password@host:587.",
        ),
        (
            "ses=long-secret,other=long-secret",
            lambda e: e.pairs("X", among=["ses"], shortest=8),
            'X names "other"; write some of ses.',
        ),
        (
            "ses",
            lambda e: e.pairs("X", among=["ses"], shortest=8),
            "X names ses without a secret; write ses=secret, with at least 8 characters.",
        ),
    ],
)
def test_a_wrong_value_is_told_in_one_sentence(told, value, asked, sentence):
    with pytest.raises(CannotStart) as error:
        asked(told(X=value))

    assert refusal(error) == sentence


def test_what_must_be_set_says_so(told):
    with pytest.raises(CannotStart) as error:
        told().text("LICENCE")

    assert refusal(error) == "LICENCE is not set; .env.example says what it is."


def test_a_secret_may_stand_in_a_file(told, tmp_path):
    (tmp_path / "key").write_text("from the file\n")

    env = told(SECRET_KEY_FILE=str(tmp_path / "key"))

    assert env.secret("SECRET_KEY") == "from the file"


def test_a_file_that_cannot_be_read_is_named(told, tmp_path):
    with pytest.raises(CannotStart) as error:
        told(SECRET_KEY_FILE="/nowhere/key").secret("SECRET_KEY")

    assert refusal(error) == "SECRET_KEY_FILE names /nowhere/key, which cannot be read."


def test_a_checkout_makes_its_key_once_for_its_owner_only(told, tmp_path):
    kept = tmp_path / "var" / "secret-key"

    first = told().secret("SECRET_KEY", kept=kept)
    second = told(DATABASE_URL="postgresql://x/y").secret("SECRET_KEY", kept=kept)

    assert first == second
    assert len(first) >= 50
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_the_process_wins_over_the_file_and_the_file_over_what_make_run_left(told, tmp_path):
    (tmp_path / ".env").write_text("# ours\nexport A='file'\nB=\"file\"  \nC=file # no remark\n")
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "stack.env").write_text("B=left\nC=left\nD=left\n")

    env = told(A="process")

    assert [env.text(name) for name in "ABCD"] == ["process", "file", "file", "left"]
    assert [env.given(name) for name in "ABCD"] == [True, True, True, False]


def test_a_line_that_sets_nothing_is_named(told, tmp_path):
    (tmp_path / ".env").write_text("A=1\njust words\n")

    with pytest.raises(CannotStart) as error:
        told()

    assert refusal(error) == f"line 2 of {tmp_path / '.env'} is not NAME=value."


def test_a_database_may_be_reached_by_a_socket(told):
    env = told(DATABASE_URL="postgresql://desk:p%40ss@%2Frun%2Fpostgresql/desk?sslmode=require")

    config = env.database("DATABASE_URL", default="")

    assert config == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "desk",
        "USER": "desk",
        "PASSWORD": "p@ss",
        "HOST": "/run/postgresql",
        "PORT": "",
        "OPTIONS": {"sslmode": "require"},
    }


def test_mail_leaves_by_a_provider_whose_key_no_sentence_repeats(told, tmp_path):
    provider = told(EMAIL_URL="anymail+postmark://t0%2Fken@")

    assert provider.email_url("EMAIL_URL", outbox=tmp_path) == {
        "EMAIL_BACKEND": "anymail.backends.postmark.EmailBackend",
        "ANYMAIL": {"POSTMARK_SERVER_TOKEN": "t0/ken", "REQUESTS_TIMEOUT": 30},
    }
    with pytest.raises(CannotStart) as refused:
        told(EMAIL_URL="anymail+pigeon://s3cret@").email_url("EMAIL_URL", outbox=tmp_path)
    assert "s3cret" not in str(refused.value)


def test_mailgun_is_told_its_domain_and_any_provider_where_it_is(told, tmp_path):
    url = "anymail+mailgun://key@mg.desk.example/?api_url=https://api.eu.mailgun.net/v3"

    assert told(EMAIL_URL=url).email_url("EMAIL_URL", outbox=tmp_path)["ANYMAIL"] == {
        "MAILGUN_API_KEY": "key",
        "MAILGUN_SENDER_DOMAIN": "mg.desk.example",
        "MAILGUN_API_URL": "https://api.eu.mailgun.net/v3",
        "REQUESTS_TIMEOUT": 30,
    }


@pytest.mark.parametrize(
    "url",
    [
        "anymail+mailgun://mg.desk.example",
        "anymail+ses://key@",
        "anymail+sendgrid://key@?api_url=ftp://x",
        "anymail+sendgrid://key@?apiurl=https://x",
        "anymail+sendgrid://key@[::1",
        "smtp://",
        "pigeon://loft",
    ],
)
def test_where_mail_cannot_leave_by_is_refused(told, tmp_path, url):
    with pytest.raises(CannotStart, match="EMAIL_URL is not an address such as"):
        told(EMAIL_URL=url).email_url("EMAIL_URL", outbox=tmp_path)


@pytest.mark.parametrize("url", ["", "tcp://scanner.example:3310", "unix:///run/clamd.sock"])
def test_clamd_listens_at_a_port_or_a_path(told, url):
    assert told(CLAMD_URL=url).daemon("CLAMD_URL") == url


@pytest.mark.parametrize("url", ["tcp://host", "unix://host", "unix:///", "clamd:3310", "tcp://["])
def test_where_no_daemon_listens_is_refused(told, url):
    with pytest.raises(CannotStart, match="CLAMD_URL is not an address such as tcp://host:3310"):
        told(CLAMD_URL=url).daemon("CLAMD_URL")


def test_endings_of_names_are_read_however_they_are_written(told):
    def read(value):
        return told(BLOCKED=value).endings("BLOCKED", default="exe,js")

    assert read("") == {"exe", "js"}
    assert read(".EXE, iso") == {"exe", "iso"}
    assert read("none") == set()
    with pytest.raises(CannotStart, match="BLOCKED takes endings such as exe,js"):
        read("*.exe")


def test_mail_leaves_by_smtp_or_as_files(told, tmp_path):
    smtp = told(EMAIL_URL="smtp+tls://desk:p%40ss@mail.example:587")

    assert smtp.email_url("EMAIL_URL", outbox=tmp_path) == {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_FILE_PATH": "",
        "EMAIL_HOST": "mail.example",
        "EMAIL_HOST_USER": "desk",
        "EMAIL_HOST_PASSWORD": "p@ss",
        "EMAIL_PORT": 587,
        "EMAIL_USE_TLS": True,
    }
    assert told().email_url("EMAIL_URL", outbox=tmp_path) == {
        "EMAIL_BACKEND": "apps.channels.adapters.outbox.OutboxBackend",
        "EMAIL_FILE_PATH": tmp_path,
    }
