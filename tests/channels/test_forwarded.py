"""A mail that was passed on names who wrote it, in whatever program and language it was passed."""

from datetime import UTC, datetime

import pytest

from apps.channels.parsing import Forwarded, Mailbox, parse_mail
from tests.make.mails import mail, mixed

BOB = Mailbox("Bob Baker", "bob@b.example")
GMAIL = """Please see to it.

---------- Forwarded message ---------
From: Bob Baker <bob@b.example>
Date: Mon, Nov 2, 2026 at 9:15 AM
Subject: Broken chair
To: Ada <ada@example.org>


The chair broke.
"""
OUTLOOK = """Please see to it.

From: Bob Baker <bob@b.example>
Sent: Monday, November 2, 2026 9:15 AM
To: Ada <ada@example.org>
Cc: Eve <eve@example.org>
Subject: Broken chair

The chair broke.
"""
APPLE = """Please see to it.

> Begin forwarded message:
>
> From: Bob Baker <bob@b.example>
> Subject: Broken chair
> Date: 2 November 2026 at 09:15:00 CET
> To: ada@example.org
>
> The chair broke.
"""
THUNDERBIRD = """Please see to it.

-------- Forwarded Message --------
Subject: \tBroken chair
Date: \tMon, 2 Nov 2026 09:15:00 +0100
From: \tBob Baker <bob@b.example>
To: \tAda <ada@example.org>,
 Eve <eve@example.org>

The chair broke.
"""
GERMAN = """Please see to it.

Von: Bob Baker [mailto:bob@b.example]
Gesendet: Montag, 2. November 2026 09:15
An: Ada
Betreff: Broken chair

The chair broke.
"""
ORIGINAL = mail(
    "The chair broke.", subject="Broken chair", **{"from": "Bob Baker <bob@b.example>"}
)


def passed_on(text: str, subject: str = "Fwd: Broken chair") -> Forwarded | None:
    return parse_mail(mail(text, subject=subject)).forwarded


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        (GMAIL, "Fwd: Broken chair"),
        (GMAIL, "A chair"),
        (OUTLOOK, "FW: Broken chair"),
        (APPLE, "Fwd: Broken chair"),
        (THUNDERBIRD, "Fwd: Broken chair"),
        (GERMAN, "WG: Broken chair"),
        (OUTLOOK.replace("From:", "________________________________\nFrom:"), "FW: Broken chair"),
    ],
)
def test_the_original_stands_in_the_text(text, subject):
    original = passed_on(text, subject)

    assert original is not None
    assert (original.sender, original.subject) == (BOB, "Broken chair")
    assert (original.text, original.note) == ("The chair broke.", "Please see to it.")


@pytest.mark.parametrize(
    ("title", "head"),
    [
        ("---------- Forwarded message ---------", "Von: {}\nDate: x\nSubject: {}\nTo: a"),
        ("-------- Weitergeleitete Nachricht --------", "Betreff: \t{1}\nDatum: \tx\nVon: \t{0}"),
        ("Anfang der weitergeleiteten Nachricht:", "Von: {}\nBetreff: {}\nDatum: x"),
        ("---------- Message transféré ---------", "De : {}\nDate : x\nObjet : {}\nÀ : a"),
        ("-------- Message transféré --------", "Sujet : {1}\nDate : x\nDe : {0}\nPour : a"),
        ("Début du message réexpédié :", "De: {}\nObjet: {}\nDate: x"),
        ("---------- Mensaje reenviado ---------", "De: {}\nFecha: x\nAsunto: {}\nPara: a"),
        ("Inicio del mensaje reenviado:", "De: {}\nAsunto: {}\nFecha: x"),
        ("-------- Messaggio Inoltrato --------", "Oggetto: {1}\nData: x\nMittente: y\nDa: {0}"),
        ("Inizio messaggio inoltrato:", "Da: {}\nOggetto: {}\nData: x"),
        ("---------- Doorgestuurd bericht ---------", "Van: {}\nDatum: x\nOnderwerp: {}"),
        ("Begin doorgestuurd bericht:", "Van: {}\nOnderwerp: {}\nDatum: x"),
        ("---------- Mensagem encaminhada ---------", "De: {}\nData: x\nAssunto: {}\nPara: a"),
        ("Início da mensagem reencaminhada:", "De: {}\nAssunto: {}\nData: x"),
        ("---------- Wiadomość przekazana dalej ---------", "Od: {}\nData: x\nTemat: {}"),
        ("-------- Treść przekazanej wiadomości --------", "Temat: {1}\nData: x\nOd: {0}\nDo: a"),
        (
            "---------- 转发的邮件 ---------",
            "发件人\uff1a{}\n日期\uff1ax\n主题\uff1a{}\n收件人\uff1aa",
        ),
        ("-------- 転送されたメッセージ --------", "件名: {1}\n日付: x\n差出人: {0}\n宛先: a"),
    ],
)
def test_the_title_and_the_old_headers_come_in_many_languages(title, head):
    written = head.format("Bob Baker <bob@b.example>", "Broken chair")

    original = passed_on(f"FYI\n\n{title}\n\n{written}\n\nThe chair broke.", "A chair")

    assert original is not None
    assert (original.sender, original.subject) == (BOB, "Broken chair")
    assert (original.text, original.note) == ("The chair broke.", "FYI")


def test_an_attached_original_comes_first():
    text = b"Content-Type: text/plain; charset=utf-8\r\n\r\nPlease see to it."
    attached = b"Content-Type: message/rfc822\r\n\r\n" + ORIGINAL

    parsed = parse_mail(mixed(text, attached, subject="Fwd: Broken chair"))

    assert parsed.forwarded == Forwarded(
        sender=BOB,
        subject="Broken chair",
        text="The chair broke.",
        note="Please see to it.",
        date=datetime(2026, 11, 2, 8, 15, tzinfo=UTC),
    )


def test_a_moment_is_taken_where_it_says_its_offset():
    exact, vague = passed_on(THUNDERBIRD), passed_on(GMAIL)

    assert exact is not None
    assert vague is not None
    assert (exact.date, vague.date) == (datetime(2026, 11, 2, 8, 15, tzinfo=UTC), None)


def test_html_alone_is_read_too():
    html = (
        '<p>FYI</p><div class="gmail_quote"><div class="gmail_attr">'
        "---------- Forwarded message ---------<br>From: <b>Bob Baker</b> "
        "&lt;<a href='mailto:bob@b.example'>bob@b.example</a>&gt;<br>Date: x<br>"
        "Subject: Broken chair<br>To: a<br></div><br><p>The chair broke.</p></div>"
    )

    original = parse_mail(mail(html, content_type="text/html; charset=utf-8")).forwarded

    assert original is not None
    assert (original.sender, original.subject) == (BOB, "Broken chair")
    assert (original.text, original.note) == ("The chair broke.", "FYI")


def test_what_follows_the_first_original_is_its_text():
    original = passed_on(f"FYI\n{GMAIL}{THUNDERBIRD}")

    assert original is not None
    assert "-------- Forwarded Message --------" in original.text


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("The chair broke.", "Fwd: Broken chair"),
        (OUTLOOK, "RE: Broken chair"),
        (f"Thanks.\n\nOn 2 Nov 2026 at 9:15, Ada wrote:\n> Hi\n\n{GMAIL}", "Re: Broken chair"),
        (f"Thanks.\n\n> Hi\n\n{GMAIL}", "Re: Broken chair"),
        (GMAIL.replace("<bob@b.example>", ""), "Fwd: Broken chair"),
        ("Is it a forwarded message? I cannot tell.\nFrom: x", "A question"),
    ],
)
def test_a_reply_or_a_block_without_sender_is_nothing_passed_on(text, subject):
    assert passed_on(text, subject) is None


def test_a_machine_passes_nothing_on():
    assert parse_mail(mail(GMAIL, auto_submitted="auto-replied")).forwarded is None
