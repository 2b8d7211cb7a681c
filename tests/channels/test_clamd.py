"""Asking clamd: a server of our own speaks its INSTREAM, well and badly."""

import io
import time

import pytest

from apps.channels.adapters.clamd import ScannerAway, ping, scan
from apps.channels.types import Scanned
from tests.make.clamd import DRIP, EICAR, HANG_UP, NAME, SILENT, Clamd
from tests.make.servers import closed_port

CLEAN = Scanned(verdict="clean")


def asked(scanner: Clamd, data: bytes, *, seconds: float = 10.0) -> Scanned:
    return scan(scanner.url, io.BytesIO(data), seconds=seconds)


@pytest.mark.parametrize("data", [b"", b"x", b"x" * 200_000])
def test_a_file_arrives_whole_and_is_clean(data):
    with Clamd() as scanner:
        assert asked(scanner, data) == CLEAN

    assert scanner.asked == [data]


def test_a_virus_is_called_by_its_name():
    with Clamd() as scanner:
        found = asked(scanner, b"x" * 70_000 + EICAR)

    assert found == Scanned(verdict="infected", note=NAME)


def test_clamd_is_asked_at_a_path_as_well(tmp_path):
    with Clamd(path=tmp_path / "clamd.sock") as scanner:
        assert asked(scanner, EICAR).verdict == "infected"
        ping(scanner.url, seconds=2)


def test_what_is_too_large_for_it_is_not_asked_about_for_ever():
    with Clamd(most=100_000) as scanner:
        found = asked(scanner, b"x" * 20_000_000)

    assert found.verdict == "unreadable"
    assert found.note == "It is larger than the virus scanner takes."


@pytest.mark.parametrize(
    ("says", "cause"),
    [
        (HANG_UP, "it hung up without an answer."),
        ("stream: Can't allocate memory ERROR", "it says “stream: Can't allocate memory ERROR”."),
        ("220 mail.example ESMTP", "it says “220 mail.example ESMTP”."),
        ("stream: OKAY", "it says “stream: OKAY”."),
        ("", "it says “PONG”."),
        ("x" * 10_000, "it raves."),
    ],
)
def test_an_answer_that_says_nothing_of_the_file_is_none(says, cause):
    with Clamd(says or "PONG") as scanner, pytest.raises(ScannerAway) as away:
        asked(scanner, b"x")

    assert str(away.value) == f"The virus scanner does not answer: {cause}"


@pytest.mark.parametrize("says", [SILENT, DRIP])
def test_one_that_never_comes_to_an_end_is_left(says):
    begun = time.monotonic()

    with Clamd(says) as scanner, pytest.raises(ScannerAway, match=r"within 1 s\.") as away:
        asked(scanner, b"x", seconds=0.6)

    assert time.monotonic() - begun < 5
    assert "did not answer" in str(away.value)


def test_where_nobody_listens_nobody_answers(tmp_path):
    for url in (f"tcp://127.0.0.1:{closed_port()}", f"unix://{tmp_path}/none.sock"):
        with pytest.raises(ScannerAway):
            scan(url, io.BytesIO(b"x"), seconds=2)
        with pytest.raises(ScannerAway):
            ping(url, seconds=2)


def test_something_else_that_listens_there_is_no_scanner():
    with (
        Clamd("HTTP/1.1 400 Bad Request") as other,
        pytest.raises(ScannerAway, match="it says “HTTP"),
    ):
        ping(other.url, seconds=2)
