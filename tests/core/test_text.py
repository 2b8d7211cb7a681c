"""Text made fit to be kept."""

import pytest

from apps.core.text import clean_text, file_name, many, one_line, read_number


def test_what_postgresql_refuses_is_taken_out_and_line_ends_are_ordinary():
    assert clean_text("a\x00b\r\nc\rd\ud800") == "ab\nc\nd?"


@pytest.mark.parametrize(
    ("text", "line"),
    [("", ""), (" a \n\t b ", "a b"), ("12345", "12345"), ("123456", "1234…"), ("\x00", "")],
)
def test_one_line_is_the_beginning_of_a_text(text, line):
    assert one_line(text, 5) == line


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("bill.pdf", "bill.pdf"),
        ("Rechnung für Ødegård.pdf", "Rechnung für Ødegård.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\u200b\u2066b\u2069.txt", "ab.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\\\bills\\\\may.pdf", "may.pdf"),
        ("a/b/", "b"),
        ('x"\r\nSet-Cookie: a=b.html', "x_ Set-Cookie_ a=b.html"),
        ("virus.exe. . ", "virus.exe"),
        ("a\x00\x1b[31m.txt", "a[31m.txt"),
        ("\ud800.txt", "txt"),
        ("Lettre\u00a0de\u2028lui.txt", "Lettre de lui.txt"),
        ("", "attachment"),
        (f"{'x' * 300}.pdf", f"{'x' * 36}.pdf"),
        ("x" * 300, "x" * 40),
    ],
)
def test_a_file_is_called_what_its_name_shows(given, name):
    assert file_name(given, 40) == name


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 mails lie"), (1, "1 mail lies"), (1042, "1,042 mails lie")]
)
def test_a_number_has_its_noun_and_its_verb(count, said):
    assert many(count, "mail lies", "mails lie") == said


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("47", 47), ("9" * 18, 10**18 - 1), ("9" * 19, None), ("", None), ("-1", None)]
    + [(odd, None) for odd in ("1.5", " 1", "1_000", "²", "٣", "0x1")],
)
def test_a_number_from_outside_is_plain_digits_and_no_longer_than_a_row_can_have(text, number):
    assert read_number(text) == number
