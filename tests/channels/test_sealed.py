"""What is signed, encrypted or packed is kept under a useful name, and people are told."""

import pytest

from apps.channels.parsing import parse_mail
from tests.make.mails import mail, mixed

PLAIN = b"Content-Type: text/plain\r\n\r\nHello"
ENCRYPTED = "the mail is encrypted and cannot be read here"
SIGNED = "the mail is signed; the signature was not checked"
HIDDEN = "the text is wrapped in a signature and cannot be read here"
PACKED = "the mail came packed as winmail.dat, which only Outlook opens"


@pytest.mark.parametrize(
    ("kind", "part", "name", "problems"),
    [
        ("alternative", b"text/calendar; method=REQUEST", "invitation.ics", ()),
        ("mixed", b"application/ms-tnef", "winmail.dat", (PACKED,)),
        ("mixed", b"application/octet-stream; name=winmail.dat", "winmail.dat", (PACKED,)),
        ("signed", b"application/pkcs7-signature", "smime.p7s", (SIGNED,)),
        ("signed", b"application/pgp-signature", "signature.asc", (SIGNED,)),
        ("signed", b"application/pgp-signature; name=own.asc", "own.asc", (SIGNED,)),
        ("mixed", b"application/pkcs7-mime; smime-type=signed-data", "smime.p7m", (HIDDEN,)),
        ("mixed", b"application/pkcs7-mime; smime-type=enveloped-data", "smime.p7m", (ENCRYPTED,)),
    ],
)
def test_a_part_of_another_program_is_a_file_with_a_name(kind, part, name, problems):
    parsed = parse_mail(mixed(PLAIN, b"Content-Type: " + part + b"\r\n\r\nx", kind=kind))

    assert parsed.text == "Hello"
    assert [(file.name, file.data) for file in parsed.attachments] == [(name, b"x")]
    assert parsed.problems == problems


def test_an_encrypted_mail_says_so_and_keeps_both_parts():
    version = b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1"
    secret = b"Content-Type: application/octet-stream\r\n\r\n-----BEGIN PGP MESSAGE-----"

    parsed = parse_mail(mixed(version, secret, kind="encrypted"))

    assert [file.name for file in parsed.attachments] == ["version.asc", "encrypted.asc"]
    assert (parsed.text, parsed.problems) == ("", (ENCRYPTED,))


def test_a_mail_that_is_one_sealed_part_is_a_file():
    parsed = parse_mail(mail("x", content_type="application/pkcs7-mime"))

    assert [file.name for file in parsed.attachments] == ["smime.p7m"]
    assert parsed.problems == (ENCRYPTED,)


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("-----BEGIN PGP MESSAGE-----\r\n\r\nabc", (ENCRYPTED,)),
        ("Hello\r\n-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA512", (SIGNED,)),
        ("Write -----BEGIN PGP MESSAGE----- above it.", ()),
    ],
)
def test_armour_in_the_text_is_recognised(text, problems):
    assert parse_mail(mail(text)).problems == problems
