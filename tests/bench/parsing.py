"""What reading a mail costs by its size, beside the standard library's parser on the same bytes.

The standard library builds the tree of parts and decodes each; the desk does that, tells new text
from old, makes HTML harmless and looks for reports and forwarded mails besides.
"""

import base64
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from statistics import median

from apps.channels.parsing import parse_mail

SIZES = [1_000, 10_000, 100_000, 1_000_000, 10_000_000]
LEAST_ROUNDS, MOST_ROUNDS = 3, 50
ENOUGH_SECONDS = 0.5
HEAD = (
    b"From: Ada Lovelace <ada@example.org>\r\nTo: help@desk.example\r\nSubject: Re: parcel\r\n"
    b"Date: Mon, 02 Nov 2026 09:15:00 +0100\r\nMessage-ID: <bench@example.org>\r\n"
    b"In-Reply-To: <before@desk.example>\r\nMIME-Version: 1.0\r\n"
)
ANSWER = b"It came, thank you.\r\n\r\nOn Mon, 2 Nov 2026 at 09:15, Help <h@x.example> wrote:\r\n"
QUOTED = b"> Dear Ada, your parcel is on its way and will be there before the week ends.\r\n"
PARAGRAPH = (
    b"<p>Dear Ada, your <b>parcel</b> is on its <a href='https://x.example'>way</a>.</p>\r\n"
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One kind and size of mail: milliseconds of CPU, median of the rounds."""

    kind: str
    size: int
    desk: float
    library: float
    rounds: int

    @property
    def ratio(self) -> float:
        """How many times what the standard library takes."""
        return self.desk / self.library


def text(size: int) -> bytes:
    """A reply above what it quotes."""
    head = HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + ANSWER
    return head + QUOTED * _fill(size, head, QUOTED)


def rich(size: int) -> bytes:
    """The same as text and as HTML, half and half."""
    kinds = ((b"plain", ANSWER, QUOTED), (b"html", PARAGRAPH, PARAGRAPH))
    parts = [
        b"--edge\r\nContent-Type: text/%s; charset=utf-8\r\n\r\n%s" % (kind, begin)
        + line * _fill((size - len(HEAD)) // 2, begin, line)
        for kind, begin, line in kinds
    ]
    kind = b"Content-Type: multipart/alternative; boundary=edge\r\n\r\n"
    return HEAD + kind + b"\r\n".join(parts) + b"\r\n--edge--\r\n"


def filed(size: int) -> bytes:
    """A short text and a file in base64 that makes up the rest."""
    head = (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=edge\r\n\r\n--edge\r\n"
        + b"Content-Type: text/plain\r\n\r\nSee the picture.\r\n--edge\r\n"
        + b"Content-Type: image/jpeg; name=a.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    )
    noise = random.Random(7).randbytes(max(0, size - len(head)) * 73 // 100)
    return head + base64.encodebytes(noise).replace(b"\n", b"\r\n") + b"--edge--\r\n"


KINDS: dict[str, Callable[[int], bytes]] = {
    "text": text,
    "text and HTML": rich,
    "text and a file": filed,
}


def measure(sizes: list[int] | None = None) -> list[Row]:
    """Every kind in every size, the two in turns within one run."""
    return [_row(kind, size) for kind in KINDS for size in sizes or SIZES]


def _row(kind: str, size: int) -> Row:
    raw = KINDS[kind](size)
    desk: list[float] = []
    library: list[float] = []
    while len(desk) < LEAST_ROUNDS or (sum(desk) < ENOUGH_SECONDS and len(desk) < MOST_ROUNDS):
        desk.append(_seconds(parse_mail, raw))
        library.append(_seconds(read, raw))
    return Row(
        kind=kind,
        size=len(raw),
        desk=median(desk) * 1000,
        library=median(library) * 1000,
        rounds=len(desk),
    )


def read(raw: bytes) -> list[bytes]:
    """What the standard library makes of it: each part's bytes."""
    parts = message_from_bytes(raw).walk()
    return [part.get_payload(decode=True) for part in parts if not part.is_multipart()]


def _seconds(run: Callable[[bytes], object], raw: bytes) -> float:
    begun = time.thread_time()
    run(raw)
    return time.thread_time() - begun


def _fill(size: int, begin: bytes, line: bytes) -> int:
    return max(0, size - len(begin)) // len(line)
