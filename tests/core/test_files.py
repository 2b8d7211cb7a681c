"""What a file is, and whether people may have it, whatever it is called."""

import io
import random
import time
import zipfile

import pytest

from apps.core.files import extension, found_type, why_blocked

TYPES = frozenset({"exe", "js", "lnk", "iso"})
PROGRAM = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0" + bytes(40)
SHORTCUT = b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F" + bytes(40)
PDF = b"%PDF-1.7\n%\xe2\xe3\n"
OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)


def packed(*names: str) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return into.getvalue()


DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("data", "name", "declared", "kind"),
    [
        (PDF, "bill.pdf", "application/pdf", "application/pdf"),
        (PDF, "bill.txt", "text/plain", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "a.jpg", "image/jpeg", "image/png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(40), "a.png", "image/png", "image/jpeg"),
        (b"<!DOCTYPE html><html>", "a.txt", "text/plain", "text/html"),
        (packed("a.txt"), "a.zip", "application/zip", "application/zip"),
        (packed("a.txt"), "a.bin", "application/octet-stream", "application/zip"),
        (packed("word/document.xml"), "a.docx", "application/octet-stream", DOCX),
        (packed("word/document.xml"), "a", DOCX, DOCX),
        (OFFICE, "a.doc", "application/octet-stream", "application/msword"),
        (OFFICE, "a", "application/octet-stream", "application/x-ole-storage"),
        (PROGRAM, "a.pdf", "application/pdf", "application/vnd.microsoft.portable-executable"),
        ("Grüße aus Köln".encode(), "a", "text/plain", "text/plain"),
        (b"x" + ("ü" * 4000).encode(), "a", "text/plain", "text/plain"),
        (("ü" * 4000).encode("latin-1"), "a", "text/plain", ""),
        (b"MZ is how I sign", "a.txt", "text/plain", "text/plain"),
        (bytes(range(1, 200)), "a", "image/png", ""),
        (b"", "a", "image/png", ""),
    ],
)
def test_the_content_says_what_a_file_is(data, name, declared, kind):
    assert found_type(data, name=name, declared=declared) == kind


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.exe", b"text"),
        ("A.EXE", b"text"),
        ("bill.pdf.js", b"var a"),
        ("a.exe. .", b"text"),
        ("a.exe:stream", b"text"),
        ("disk.iso", b""),
        ("bill.pdf", PROGRAM),
        ("bill.pdf", SHORTCUT),
    ],
)
def test_what_windows_would_run_is_blocked_by_name_and_by_content(name, data):
    assert why_blocked(name, data, types=TYPES)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("bill.pdf", PDF),
        ("exe", b"text"),
        ("a.exe.txt", b"text"),
        ("letter.doc", OFFICE),
        ("a.docx", packed("word/document.xml")),
        ("MZ.txt", b"MZ is how I sign" * 10),
        ("", b""),
    ],
)
def test_what_people_send_each_other_is_not_blocked(name, data):
    assert why_blocked(name, data, types=TYPES) == ""


def test_nothing_is_blocked_where_no_type_is():
    assert why_blocked("a.exe", PROGRAM, types=frozenset()) == ""


def test_an_ending_is_what_stands_last():
    assert [extension(name) for name in ("a.B", "a", "a.b.c ", ".x", "a.")] == [
        "b",
        "",
        "c",
        "x",
        "",
    ]


def test_no_bytes_make_it_fail_or_take_long():
    chance = random.Random(4)
    samples = [chance.randbytes(chance.randrange(600)) for _ in range(300)]
    samples += [b"MZ" + b"\xff" * 100, b"PK\3\4" * 6_000_000, b"<" * 25_000_000]

    begun = time.perf_counter()
    for data in samples:
        found_type(data, name="a.exe", declared="x/y")
        why_blocked("a", data, types=TYPES)

    assert time.perf_counter() - begun < 5
