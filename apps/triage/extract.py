"""Order numbers in a message, found by plain patterns; whoever uses them verifies them first."""

import re
from collections.abc import Iterator, Sequence

from apps.triage.types import OrderCandidate

MOST_TEXT = 20_000
MOST_FOUND = 10

NUMBER = r"(?P<number>(?:[A-Za-z]{1,5}-?)?[0-9]{3,12}(?:-[0-9]{2,12}){0,2})"
NAMED = (
    r"\b(?:order|orders|purchase|bestellung|bestellungen|bestellnummer|bestellnr|bestell-nr"
    r"|auftrag|auftrags?nummer|auftragsnr|ordernumber|order-id)\b"
    r"(?:[ \t]{0,3}(?:number|numbers|no|nr|nummer|id|ref|reference|is|was|ist|war|lautet|mit"
    r"|der|die|von|the|and|und|my|\#|:|\.|=|\()){0,4}[ \t]{0,3}" + NUMBER
)
HASHED = r"(?<![\w#&])#[ \t]?" + NUMBER
SHAPED = r"(?<![\w-])(?P<number>[A-Za-z]{1,4}-[0-9]{3,12}(?:-[0-9]{2,12}){0,2})"

END = r"(?![\w-])(?!\.[0-9])"

PATTERNS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern + END, re.IGNORECASE | re.ASCII) for pattern in (NAMED, HASHED, SHAPED)
)
"""``order 1042``, ``Bestellnummer 10042`` · ``#1042`` · ``A-1042``, ``ORD-2024-00017``.
A pattern of your own needs a group ``number``; each part of it must be bounded."""

AND_MORE = re.compile(r"(?:[ \t]{0,3}(?:,|&|\+|/|and|und))[ \t]{0,3}#?" + NUMBER + END, re.ASCII)
"""More numbers behind one that was called an order: ``orders 1042, 1043 and 1044``."""

SAME = str.maketrans("‐‑‒–—−０１２３４５６７８９", "------0123456789")  # noqa: RUF001 - dashes people type


def find_order_numbers(
    text: str, *, patterns: Sequence[re.Pattern[str]] = PATTERNS
) -> tuple[OrderCandidate, ...]:
    """Each number once, in the order they stand in the text; those called an order win.

    The first pattern finds what the customer calls an order, the others what looks like one.
    Takes time linear in the text, of which it reads the first ``MOST_TEXT`` characters.
    """
    found: dict[str, OrderCandidate] = {}
    for candidate in _matches(text[:MOST_TEXT].translate(SAME), patterns):
        found.setdefault(candidate.number, candidate)
    ranked = sorted(found.values(), key=lambda candidate: (not candidate.named, candidate.start))
    return tuple(sorted(ranked[:MOST_FOUND], key=lambda candidate: candidate.start))


def _matches(text: str, patterns: Sequence[re.Pattern[str]]) -> Iterator[OrderCandidate]:
    named, *others = patterns
    for match in named.finditer(text):
        next_one: re.Match[str] | None = match
        for _ in range(MOST_FOUND):
            if next_one is None:
                break
            yield _candidate(next_one, named=True)
            next_one = AND_MORE.match(text, next_one.end())
    for pattern in others:
        yield from (_candidate(match, named=False) for match in pattern.finditer(text))


def _candidate(match: re.Match[str], *, named: bool) -> OrderCandidate:
    start, end = match.span("number")
    return OrderCandidate(number=match["number"].upper(), start=start, end=end, named=named)
