"""From a customer's message to the text a model reads: bounded, and without hidden characters."""

import re
import unicodedata

MOST = 6_000
"""Characters a model reads; what a customer wants stands in the beginning."""

PREFIXES = re.compile(
    r"^(?:\s{0,5}(?:re|aw|antw|fwd?|wg|sv)\s{0,3}(?:\[\d{1,3}\])?\s{0,3}:\s{0,5}){1,10}",
    re.IGNORECASE,
)
SPACES = re.compile(r"[^\S\n]+")
BLANK_LINES = re.compile(r"\n\s*\n+")
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}


def readable(subject: str, text: str) -> str:
    """The subject and the body as one text, at most ``MOST`` characters long."""
    title = PREFIXES.sub("", _plain(subject[:400])).strip()
    body = _plain(text[: 4 * MOST]).strip()
    if body[: len(title)].casefold() == title.casefold():
        title = ""
    return f"{title}\n{body}".strip()[:MOST]


def _plain(text: str) -> str:
    """Compatible forms of the characters, no control or invisible ones, single spaces."""
    composed = unicodedata.normalize("NFKC", text.replace("\r\n", "\n").replace("\r", "\n"))
    shown = "".join(
        character
        for character in composed
        if character in "\n\t" or unicodedata.category(character) not in HIDDEN
    )
    return BLANK_LINES.sub("\n", SPACES.sub(" ", shown))
