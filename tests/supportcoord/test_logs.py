"""Log lines: one event a line, with its trace, and never what a customer wrote."""

import logging
import sys

import pytest
from django.db import IntegrityError, connection

from apps.core.errors import NotFound
from apps.core.tracing import traced
from supportcoord.logs import Lines

SAID = "my card is 4111 1111 1111 1111"


def line(message: str, *args: object, error: BaseException | None = None, **extra: object) -> str:
    record = logging.LogRecord("apps.x", logging.INFO, "", 1, message, args, None)
    record.created = 1_800_000_000.25
    record.exc_info = (type(error), error, error.__traceback__) if error else None
    vars(record).update(extra)
    return Lines().format(record)


def raised(error: type[BaseException], act) -> BaseException:
    try:
        act()
    except error:
        return sys.exc_info()[1]
    raise AssertionError


def test_a_line_says_when_how_bad_where_and_what():
    assert line("Swept %s runs", 3) == (
        'at=2027-01-15T08:00:00.250Z level=INFO from=apps.x message="Swept 3 runs"'
    )


def test_facts_follow_in_order_of_their_names_and_the_trace_before_them():
    with traced("abc12345"):
        told = line("Answered", status=200, path="/a b")

    assert told.endswith('message=Answered trace=abc12345 path="/a b" status=200')


def test_whatever_it_holds_an_event_is_one_line():
    told = line("first\nsecond", what="a\r\nlevel=ERROR", quote='say "x"', empty="")

    assert len(told.splitlines()) == 1
    assert 'message="first\\nsecond"' in told
    assert 'what="a\\r\\nlevel=ERROR"' in told
    assert 'quote="say \\"x\\""' in told
    assert 'empty=""' in told


def test_an_error_is_told_by_type_and_place_without_the_words_it_quotes():
    error = raised(ValueError, lambda: int(SAID))

    told = line("It failed", error=error)

    assert "error=ValueError" in told
    assert "test_logs.py" in told
    assert "4111" not in told


def test_an_error_of_the_domain_is_told_by_its_code():
    told = line("It failed", error=NotFound(thing="ticket", key=SAID))

    assert "error=NotFound" in told
    assert "code=not_found" in told
    assert "4111" not in told


@pytest.mark.django_db
def test_a_database_error_is_told_without_the_row():
    def twice():
        with connection.cursor() as cursor:
            cursor.execute("create temporary table once (said text unique)")
            cursor.execute("insert into once values (%s), (%s)", [SAID, SAID])

    told = line("It failed", error=raised(IntegrityError, twice))

    assert 'because="duplicate key value violates unique constraint \\"once_said_key\\""' in told
    assert "4111" not in told


def test_whole_requests_and_arguments_stay_out():
    told = line("It failed", request=SAID, data=SAID, sql=SAID, params=SAID)

    assert "4111" not in told
