"""Whatever bytes arrive: reading them never fails, never takes long, and leaves clean text.

Time is this thread's own, so that a busy machine is not taken for a slow parser.
"""

import json
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.channels.parsing import ParsedMail, limits, parse_mail
from apps.channels.queries.sums import mail_sums, total_of
from tests.channels.hostile import HOSTILE
from tests.channels.memory import RESET
from tests.make.mails import arrived, inbox

SECONDS = 1.0
SPARE_BYTES, TIMES_THE_MAIL = 40_000_000, 3
TAKEN_IN = {
    "nothing": "quarantined",
    "one NUL": "quarantined",
    "On On On": "ticket",
    "20,000 nested divs": "ticket",
    "5,000 parts": "ticket",
    "a header of a megabyte": "ticket",
    "300,000 raw headers": "ticket",
    "many encoded words": "quarantined",
    "a tree of 10,000 leaves": "ticket",
    "4,000 levels of quotes": "ticket",
    "text that says it is base64": "ticket",
    "surrogates in UTF-8": "ticket",
    "a long recipient": "ignored",
}
WORDS = [
    b"From: ", b"To: ", b"Subject: ", b"Date: ", b"Content-Type: ", b"multipart/mixed; ",
    b"boundary=x", b"text/html", b"message/rfc822", b"; charset=", b"utf-16", b"\r\n", b"\n",
    b"\r\n\r\n", b"--x", b"--x--", b"=?utf-8?b?", b"?=", b"<div>", b"</div>", b"<blockquote>",
    b"<!--", b"&#0;", b"&", b"> ", b"On 1.1.20 10:00 a@b wrote:", b"\0", b"\xff\xfe", b"\xed\xa0",
    b"MAILER-DAEMON@x", b"message/delivery-status", b"Final-Recipient: a@b",
    b"Forwarded message",
    b"Content-Transfer-Encoding: base64", b"name*0*=utf-8''%ff", b'filename="', b"@", b"(", b";",
]  # fmt: skip


def is_clean(parsed: ParsedMail) -> bool:
    texts = [
        parsed.subject, parsed.text, parsed.visible, parsed.html, parsed.message_id,
        parsed.in_reply_to, parsed.sender.name, parsed.sender.address, parsed.desk_mark,
        *parsed.references, *parsed.problems, *(file.name for file in parsed.attachments),
        parsed.spam, *said_of(parsed),
    ]  # fmt: skip
    joined = "".join(texts)
    return "\0" not in joined and joined.encode("utf-8", "surrogatepass") == joined.encode()


def said_of(parsed: ParsedMail) -> list[str]:
    """All that a report and a forwarded mail bring along."""
    texts = []
    if found := parsed.report:
        texts += [found.original_message_id, found.action]
        texts += [f"{one.address}{one.status}{one.diagnostic}" for one in found.recipients]
    if passed_on := parsed.forwarded:
        texts += [passed_on.subject, passed_on.text, passed_on.note, passed_on.sender.name]
    return texts


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mail_is_read_in_time(name):
    raw = HOSTILE[name]()
    begun = time.thread_time()

    parsed = parse_mail(raw)

    assert time.thread_time() - begun < SECONDS
    assert is_clean(parsed)
    assert len(parsed.text) <= limits.TEXT
    assert len(parsed.html) <= limits.HTML_SHOWN
    assert len(parsed.attachments) <= limits.ATTACHMENTS


@pytest.mark.skipif(not RESET.exists(), reason="ONLY LINUX TELLS WHAT A PROCESS TAKES AT MOST")
@pytest.mark.stack
def test_hostile_mail_is_read_in_little_memory():
    done = subprocess.run(
        [sys.executable, "-m", "tests.channels.memory"], capture_output=True, text=True, check=True
    )

    seen = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["name"] for one in seen] == list(HOSTILE)
    for one in seen:
        assert one["took"] < SPARE_BYTES + TIMES_THE_MAIL * one["size"], one


@pytest.mark.django_db
def test_hostile_mail_has_an_outcome_like_any_other():
    inbox()

    taken = {name: arrived(HOSTILE[name]()).outcome for name in TAKEN_IN}

    assert taken == TAKEN_IN
    assert total_of(mail_sums()).agrees


@given(st.binary(max_size=2_000))
def test_any_bytes_are_read(raw):
    assert is_clean(parse_mail(raw))


@given(st.lists(st.sampled_from(WORDS) | st.binary(max_size=8), max_size=60))
def test_any_broken_mail_is_read(pieces):
    assert is_clean(parse_mail(b"".join(pieces)))
