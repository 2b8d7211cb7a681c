"""A raw mail as text for people to look at: nothing in it acts, hides, or covers other text."""

import re
import unicodedata
from dataclasses import dataclass

MOST_SHOWN = 200_000
LONGEST_LINE = 2_000
MOST_MARKS = 4
"""So many accents on one letter are a language; more of them cover the lines around."""
UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\u2028\u2029")
END_OF_HEAD = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, kw_only=True)
class RawView:
    """A mail's headers and what stands below them, as far as they are shown."""

    head: str
    body: str
    left_out: int = 0


def raw_view(raw: bytes, *, most: int = MOST_SHOWN) -> RawView:
    """Lay a mail out as text, whatever its bytes are, and say how many are not shown."""
    shown = raw[:most]
    end = END_OF_HEAD.search(shown)
    head, body = (shown[: end.start()], shown[end.end() :]) if end else (shown, b"")
    return RawView(head=as_lines(head), body=as_lines(body), left_out=len(raw) - len(shown))


def as_lines(part: bytes) -> str:
    """Bytes as lines of text that can be seen; one that is too long is cut, and says so."""
    text = part.replace(b"\r\n", b"\n").decode("utf-8", "backslashreplace")
    return "\n".join(visible(cut(line)) for line in text.split("\n"))


def cut(line: str) -> str:
    """The beginning of a line that nobody reads to its end."""
    more = len(line) - LONGEST_LINE
    return line if more <= 0 else f"{line[:LONGEST_LINE]} … {more:,} more characters in this line"


def visible(text: str) -> str:
    """Text in which everything that is not seen, or moves what is, stands as its code."""
    if text.isascii() and text.isprintable():
        return text
    shown, marks = [], 0
    for letter in text:
        kind = unicodedata.category(letter)
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        hides = kind[0] == "C" or letter in UNSEEN or marks > MOST_MARKS
        shown.append(as_code(letter) if hides and letter not in "\n\t" else letter)
    return "".join(shown)


def as_code(letter: str) -> str:
    r"""A letter as its number: ``\x1b``, ``\u202e``."""
    return letter.encode("unicode_escape").decode()
