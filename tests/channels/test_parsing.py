"""Reading mail: what a well-meaning or careless sender wrote comes out as plain values."""

import base64
from datetime import UTC, datetime

import pytest

from apps.channels.parsing import Mailbox, parse_mail
from tests.make.mails import mail, mixed


def test_a_plain_mail_says_who_what_and_when():
    parsed = parse_mail(
        mail("Hello,\r\nwhere is it?\r\n", message_id="<a@b.example>", cc="Bob <BOB@b.example>")
    )

    assert parsed.sender == Mailbox("Ada Lovelace", "ada@example.org")
    assert parsed.to == (Mailbox("", "help@desk.example"),)
    assert parsed.cc == (Mailbox("Bob", "bob@b.example"),)
    assert parsed.subject == "Where is my parcel?"
    assert parsed.date == datetime(2026, 11, 2, 8, 15, tzinfo=UTC)
    assert parsed.message_id == "<a@b.example>"
    assert (parsed.text, parsed.visible) == ("Hello,\nwhere is it?", "Hello,\nwhere is it?")
    assert (parsed.html, parsed.attachments, parsed.auto_kind, parsed.problems) == ("", (), "", ())


def test_the_conversation_is_kept_in_order():
    parsed = parse_mail(
        mail(in_reply_to="<c@x>", references="<a@x>\r\n <b@x> <c@x>", reply_to="r@x.example")
    )

    assert parsed.in_reply_to == "<c@x>"
    assert parsed.references == ("<a@x>", "<b@x>", "<c@x>")
    assert parsed.reply_to == Mailbox("", "r@x.example")


def test_encoded_words_are_read():
    parsed = parse_mail(mail(subject="=?utf-8?q?Gr=C3=BC=C3=9Fe?= =?iso-8859-1?q?_aus_K=F6ln?="))

    assert parsed.subject == "Grüße aus Köln"


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [
        ("iso-8859-1", "cp1252"),
        ("windows-1251", "cp1251"),
        ("utf-8", "cp1252"),
        ("x-made-up", "utf-8"),
        ("us-ascii", "utf-8"),
        ("punycode", "utf-8"),
        ("", "utf-8"),
    ],
)
def test_a_lying_or_unknown_charset_is_seen_through(charset, encoding):
    words = "Здравствуйте, где мой заказ" if encoding == "cp1251" else "Größe 42 für 10 Euro, café"
    kind = f"text/plain; charset={charset}" if charset else "text/plain"

    parsed = parse_mail(mail("", content_type=kind) + words.encode(encoding))

    assert parsed.text == words


def test_one_damaged_byte_does_not_spoil_the_rest():
    damaged = "Größe 42 für 10 Euro, café".encode().replace(b"42", b"\xff")

    assert parse_mail(mail("") + damaged).text == "Größe \ufffd für 10 Euro, café"


def test_headers_in_eight_bits_are_read_without_a_charset():
    raw = mail(subject="SUBJECT").replace(b"SUBJECT", "Größe für Café".encode("latin-1"))

    assert parse_mail(raw).subject == "Größe für Café"


def test_text_and_files_are_told_apart():
    pdf = b"Content-Type: application/pdf; name=bill.pdf\r\nContent-Transfer-Encoding: base64"
    parsed = parse_mail(
        mixed(
            b"Content-Type: text/plain\r\n\r\nSee the bill.",
            pdf + b"\r\n\r\n" + base64.encodebytes(b"%PDF-1.7"),
            b"Content-Type: image/png\r\nContent-ID: <logo@x>\r\n\r\n\x89PNG\x00",
            b"Content-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\nlog",
            b"Content-Type: text/plain\r\n\r\nAnd the rest.",
        )
    )

    assert parsed.text == "See the bill.\n\nAnd the rest."
    assert [(file.name, file.data) for file in parsed.attachments] == [
        ("bill.pdf", b"%PDF-1.7"),
        ("part-3.png", b"\x89PNG\x00"),
        ("part-4.txt", b"log"),
    ]
    assert [(file.content_id, file.inline) for file in parsed.attachments] == [
        ("", False),
        ("logo@x", True),
        ("", False),
    ]


def test_a_forwarded_message_stays_whole():
    inner = mail("The inner text", subject="Inner", content_type="multipart/mixed; boundary=edge")

    parsed = parse_mail(
        mixed(
            b"Content-Type: text/plain\r\n\r\nFYI", b"Content-Type: message/rfc822\r\n\r\n" + inner
        )
    )

    assert parsed.text == "FYI"
    assert [(file.name, file.data) for file in parsed.attachments] == [("part-2.eml", inner)]


def test_the_parts_of_an_unclosed_mail_are_read():
    raw = mixed(b"Content-Type: text/plain\r\n\r\nHello").removesuffix(b"--edge--\r\n")

    assert parse_mail(raw).text == "Hello"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\con.txt", "_con.txt"),
        ("a\r\nb\x00.pdf", "a b.pdf"),
        ("bill\u202efdp.exe", "billfdp.exe"),
        ("...", "part-1.pdf"),
        ('a<b>"c|d?.pdf', "a_b__c_d_.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("Grüße 🎉.pdf", "Grüße 🎉.pdf"),
    ],
)
def test_a_file_name_is_made_safe(given, kept):
    encoded = base64.b64encode(given.encode()).decode()
    part = f"Content-Type: application/pdf; name==?utf-8?b?{encoded}?=\r\n\r\nx"

    (file,) = parse_mail(mixed(part.encode())).attachments

    assert file.name == kept


@pytest.mark.parametrize(
    ("header", "name", "address"),
    [
        ("Big Bug bb@bug.example", "Big Bug", "bb@bug.example"),
        ("bb@bug.example (Big Bug)", "Big Bug", "bb@bug.example"),
        ('"Doe, Jane" <JANE@Doe.example>', "Doe, Jane", "jane@doe.example"),
        ("friends: a@x.example, b@x.example;", "", "a@x.example"),
        ("=?utf-8?q?J=C3=B8rn?= <j@x.example>", "Jørn", "j@x.example"),
        ("<not an address>, <real@x.example>", "", "real@x.example"),
        ("undisclosed-recipients:;", "", ""),
        ("aa@bb@cc", "", ""),
        ("<>", "", ""),
    ],
)
def test_a_sender_is_salvaged_when_there_is_one(header, name, address):
    parsed = parse_mail(mail(**{"from": header}))

    assert parsed.sender == Mailbox(name, address)


def test_without_from_another_field_may_name_the_sender():
    parsed = parse_mail(mail(**{"from": "", "return_path": "<ada@example.org>"}))

    assert parsed.sender.address == "ada@example.org"
    assert parsed.problems == ("the mail has no From",)


def test_the_mailbox_of_delivery_is_known():
    parsed = parse_mail(mail(to="list@x.example", delivered_to="Help@desk.example"))

    assert parsed.delivered_to == ("help@desk.example",)


@pytest.mark.parametrize("date", ["yesterday", "Mon, 31 Dec 9999 23:59:59 -2359", "1 2 3", "0"])
def test_an_impossible_date_is_no_date(date):
    parsed = parse_mail(mail(date=date))

    assert parsed.date is None
    assert parsed.problems == ("the date cannot be read",)


@pytest.mark.parametrize(
    ("broken", "kept"),
    [
        ("no-angles@x", "<no-angles@x>"),
        ("<a b@x>", "<ab@x>"),
        ("<>", ""),
        ("<" + "a" * 400 + "@x>", "<" + "a" * 250 + ">"),
    ],
)
def test_a_broken_message_id_is_kept_comparable(broken, kept):
    assert parse_mail(mail(message_id=broken)).message_id == kept


def test_a_body_without_headers_is_all_text():
    raw = b"One: here is what I have got.\n\n- first\n- second\n"

    parsed = parse_mail(raw)

    assert parsed.text == "One: here is what I have got.\n\n- first\n- second"
    assert parsed.sender == Mailbox("", "")


def test_a_broken_header_line_does_not_end_the_headers():
    raw = mail("Hello").replace(b"Subject:", b"this is no header\r\nSubject:")

    parsed = parse_mail(raw)

    assert (parsed.subject, parsed.text) == ("Where is my parcel?", "Hello")


def test_a_body_may_follow_the_headers_at_once():
    parsed = parse_mail(b"Subject: Parcel\nFrom: ada@example.org\nWhere is it?\n")

    assert (parsed.subject, parsed.text) == ("Parcel", "Where is it?")


def test_flowed_text_is_joined():
    body = "This line goes \r\non here.\r\n> quoted \r\n> too\r\n-- \r\nAda"

    parsed = parse_mail(mail(body, content_type="text/plain; format=flowed"))

    assert parsed.text == "This line goes on here.\n> quoted too\n-- \nAda"


def test_what_postgresql_refuses_is_gone():
    raw = mail("a\0b\x07c", subject="x\0y", content_type="text/plain; charset=utf-8")

    parsed = parse_mail(raw + b"\xed\xa0\x80")

    assert "\0" not in parsed.text + parsed.subject
    assert parsed.text.encode("utf-8").startswith(b"abc")


def test_the_fingerprint_survives_another_way_of_delivery():
    raw = mail(message_id="")

    again = parse_mail(b"Received: from elsewhere\r\n" + raw)

    assert again.fingerprint == parse_mail(raw).fingerprint
    assert again.fingerprint != parse_mail(mail("Else", message_id="")).fingerprint


def test_without_a_date_only_the_same_bytes_are_the_same_mail():
    raw = mail("The backup failed.", message_id="", date="")

    today = parse_mail(b"Received: from mx; Mon, 2 Nov 2026\r\n" + raw)
    tomorrow = parse_mail(b"Received: from mx; Tue, 3 Nov 2026\r\n" + raw)

    assert today.fingerprint != tomorrow.fingerprint
    assert parse_mail(raw).fingerprint == parse_mail(bytes(raw)).fingerprint


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_uuencoded_text_is_read_whatever_ends_its_lines(end):
    encoded = end.join(["begin 644 note.txt", "#0V%T", "`", "end", ""])

    assert parse_mail(mail(encoded, content_transfer_encoding="x-uuencode")).text == "Cat"
