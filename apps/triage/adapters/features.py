"""What a text is turned into before it is weighed: letters, words, and the ideas behind words."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

MOST_WORDS = 600
MOST_IDEAS = 60

GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
ADDRESS = re.compile(r"(?:https?://|www\.)\S{1,2000}", re.IGNORECASE)
MAIL = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,255}")
DIGITS = re.compile(r"[0-9]+")
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?|[!?€$£]")
BARE_WORD = re.compile(r"[^\W_]+|[€$£]")
SMALLEST, LARGEST = 2, 5


def folded(text: str) -> str:
    """Small letters, one spelling for umlauts and apostrophes."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(GERMAN)
    return plain.replace("\u2019", "'")


def masked(text: str) -> str:
    """Folded, with any number, address and mail address alike."""
    plain = MAIL.sub(" mailaddress ", ADDRESS.sub(" webaddress ", folded(text)))
    return DIGITS.sub("0", plain)


def letter_terms(text: str) -> list[str]:
    """Words, pairs of neighbouring words, and the letters inside each word."""
    plain = masked(text)
    words = WORD.findall(plain)[:MOST_WORDS]
    pairs = [f"{one} {two}" for one, two in pairwise(words)]
    return [*words, *pairs, *_letters(plain.split()[:MOST_WORDS])]


def _letters(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        padded = f" {word[:60]} "
        for size in range(SMALLEST, LARGEST + 1):
            if len(padded) <= size:
                yield f"_{padded}"
                break
            yield from (f"_{padded[at : at + size]}" for at in range(len(padded) - size + 1))


class Concepts:
    """Words that mean the same, read from lines such as ``refund: refund* money_back``.

    ``word*`` is any word that begins so; ``two_words`` stand next to each other.
    """

    def __init__(self, table: str) -> None:
        self.table = table
        self.words: dict[str, list[str]] = {}
        self.beginnings: dict[str, list[str]] = {}
        self.phrases: dict[tuple[str, ...], list[str]] = {}
        for line in table.splitlines():
            if line.strip() and not line.startswith("#"):
                name, _, entries = line.partition(":")
                for entry in entries.split():
                    self._add(name.strip(), entry)
        self.longest = max((len(phrase) for phrase in self.phrases), default=1)

    def _add(self, name: str, entry: str) -> None:
        if "_" in entry:
            self.phrases.setdefault(tuple(entry.split("_")), []).append(name)
        elif entry.endswith("*"):
            self.beginnings.setdefault(entry[:-1], []).append(name)
        else:
            self.words.setdefault(entry, []).append(name)

    def found(self, text: str) -> list[tuple[str, str]]:
        """Each idea in the text with the words that told it, in order."""
        words = BARE_WORD.findall(folded(text).replace("'", ""))[:MOST_WORDS]
        told = []
        for at, word in enumerate(words):
            names = list(self.words.get(word, ()))
            for end in range(2, min(len(word), 30) + 1):
                names += self.beginnings.get(word[:end], ())
            told += [(name, word) for name in names]
            for length in range(2, min(self.longest, len(words) - at) + 1):
                phrase = tuple(words[at : at + length])
                told += [(name, " ".join(phrase)) for name in self.phrases.get(phrase, ())]
        return told

    def terms(self, text: str) -> list[str]:
        """The ideas, and each pair of ideas in one text; without a table, its words."""
        if not self.table.strip():
            return WORD.findall(masked(text))[:MOST_WORDS]
        names = [name for name, _ in self.found(text)]
        distinct = sorted(dict.fromkeys(names[: 4 * MOST_IDEAS]))[:MOST_IDEAS]
        return names + [f"{one}+{two}" for one, two in combinations(distinct, 2)]
