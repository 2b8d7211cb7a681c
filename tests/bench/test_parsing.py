"""The mails of the bench have the size they are asked for, and are read as what they are."""

import pytest

from apps.channels.parsing import parse_mail
from tests.bench import parsing


@pytest.mark.parametrize("kind", parsing.KINDS)
@pytest.mark.parametrize("size", [10_000, 1_000_000])
def test_a_mail_has_nearly_the_size_asked_for(kind, size):
    assert len(parsing.KINDS[kind](size)) == pytest.approx(size, rel=0.06)


def test_what_is_measured_is_read_whole():
    assert parse_mail(parsing.text(10_000)).visible == "It came, thank you."
    assert parse_mail(parsing.rich(10_000)).html.count("<p>") > 30
    assert len(parse_mail(parsing.filed(1_000_000)).attachments[0].data) > 700_000
    assert len(parsing.read(parsing.filed(10_000))) == 2


def test_both_are_measured_on_the_same_bytes():
    rows = parsing.measure([1_000])

    assert [row.kind for row in rows] == list(parsing.KINDS)
    assert all(row.desk > 0 and row.library > 0 and row.rounds >= 3 for row in rows)
    assert all(row.ratio == row.desk / row.library for row in rows)
