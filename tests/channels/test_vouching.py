"""Who vouches for a sender: the topmost word of a mail server, and nothing inside a mail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.channels.parsing import parse_mail
from apps.channels.parsing.headers import Headers
from apps.channels.parsing.vouching import vouched_by
from tests.make.mails import mail

MX = "mx.desk.example"


def says(value: str, domain: str = "desk.example") -> str:
    return vouched_by(Headers([("authentication-results", value)]), domain)


@pytest.mark.parametrize(
    "value",
    [
        f"{MX}; dkim=pass header.d=desk.example",
        f"{MX} 1; dkim=pass (2048-bit key) header.d=desk.example header.i=@desk.example",
        f"{MX.upper()}; DKIM=Pass Header.D=DESK.example",
        f"{MX}; dkim=fail header.d=desk.example; dmarc=pass (p=none) header.from=desk.example",
        f"{MX}; spf=pass smtp.mailfrom=ada@desk.example",
        f"{MX}; spf=pass smtp.mailfrom=desk.example",
        f'{MX}; spf=pass reason="by (a) rule; really" smtp.mailfrom=desk.example',
    ],
)
def test_a_server_vouches_for_the_domain_it_has_checked(value):
    assert says(value) == MX


def test_who_signs_for_a_domain_signs_for_what_is_below_it():
    assert says(f"{MX}; dkim=pass header.d=desk.example", "mail.desk.example") == MX
    assert says(f"{MX}; dkim=pass header.d=example", "desk.example") == ""
    assert says(f"{MX}; dkim=pass header.d=mail.desk.example", "desk.example") == ""
    assert says(f"{MX}; spf=pass smtp.mailfrom=desk.example", "mail.desk.example") == ""


@pytest.mark.parametrize(
    "value",
    [
        "",
        MX,
        f"{MX}; none",
        f"{MX}; dkim=pass",
        f"{MX}; dkim=pass header.d=evil.example",
        f"{MX}; dkim=pass header.d=evildesk.example",
        f"{MX}; dkim=passed header.d=desk.example",
        f"{MX}; dkim=fail header.d=desk.example",
        f"{MX}; dkim=pass header.d=evil.example header.d=desk.example",
        f"{MX}; dkim=pass header.from=desk.example",
        f"{MX}; spf=pass smtp.helo=desk.example",
        f"{MX}; arc=pass header.d=desk.example",
        f'{MX}; spf=fail smtp.mailfrom=";dkim=pass header.d=desk.example;"@evil.example',
        f"{MX}; spf=fail (says ;dkim=pass header.d=desk.example;) smtp.mailfrom=evil.example",
        f"{MX}; spf=fail (a ( b ) ; dkim=pass header.d=desk.example",
        f'{MX}; spf=fail reason=" ; dkim=pass header.d=desk.example',
        f"{MX} {MX}; dkim=pass header.d=desk.example",
        "dkim=pass header.d=desk.example",
        "; dkim=pass header.d=desk.example",
    ],
)
def test_whatever_else_is_said_vouches_for_nobody(value):
    assert says(value) == ""


def test_only_the_topmost_word_counts_and_it_is_about_the_sender():
    words = f"{MX}; dkim=pass header.d=example.org"
    raw = mail(authentication_results=words)

    assert parse_mail(raw).vouched_by == MX
    assert parse_mail(b"Authentication-Results: x.example; none\r\n" + raw).vouched_by == ""
    assert (
        parse_mail(mail(**{"from": "a@b.example"}, authentication_results=words)).vouched_by == ""
    )


@given(st.text(alphabet='a;=()"\\ .@dkimpsheron', max_size=200))
def test_any_value_is_read(value):
    assert says(value) in value.lower()


def test_a_long_value_is_read_in_no_time():
    for value in (
        "(" * 9999,
        '"' * 9999,
        "(a" * 4000 + ")" * 4000,
        "\\" * 9999,
        "dkim=pass;" * 999,
    ):
        assert says(f"{MX}; {value}") == ""
