"""What is new in a reply: the text without quoted history and signature, line by line.

Each line is told apart once, by looking at a few lines around it, so hostile text costs what other
text does. In doubt a line is the writer's: showing a quotation is a blemish, losing words is not.
"""

from dataclasses import dataclass
from itertools import pairwise

from apps.channels.parsing import limits, marks
from apps.channels.parsing.armour import without_armour
from apps.channels.parsing.endings import without_ending

WRAPPED = 60
INITIALS, KNOWN = 4, 10
EMPTY, OWN, QUOTED, ANNOUNCED, OLD = range(5)


@dataclass(frozen=True)
class Reply:
    """The new text, and what set it apart: empty when the whole text is new."""

    visible: str
    because: str = ""


@dataclass
class Sorting:
    """The lines of a text and what each is; ``because`` names what first announced old mail."""

    lines: list[str]
    kinds: list[int]
    because: str = ""

    def is_only_quoted(self) -> bool:
        """Whether nothing but marked quotations stand there, announced or not."""
        return QUOTED in self.kinds and not {OWN, OLD} & set(self.kinds)


def split_reply(text: str) -> Reply:
    """Find the new text of a reply; empty only where all of the text is a quotation."""
    lines = without_ending(without_armour([line.rstrip() for line in text.split("\n")]))
    sorting = _sorted(lines)
    if OWN not in sorting.kinds:
        return Reply("", "quote") if sorting.is_only_quoted() else Reply(text.strip())
    visible = "\n".join(without_ending(_joined(lines, _shown(sorting)))).strip()
    is_whole = not {QUOTED, ANNOUNCED, OLD} & set(sorting.kinds)
    return Reply(visible, sorting.because or ("" if is_whole else "quote"))


def _sorted(lines: list[str]) -> Sorting:
    sorting = Sorting(lines, _told_apart(lines))
    kinds, next_quoted = sorting.kinds, _next_quoted(sorting.kinds)
    number, is_first = 0, True
    while number < min(len(lines), limits.REPLY_LINES):
        if kinds[number] != OWN:
            number += 1
            continue
        end, why = _announcement(lines, number, is_first=is_first)
        if not end:
            number, is_first = number + 1, False
            continue
        sorting.because = sorting.because or why
        _replace(kinds, number, end, ANNOUNCED)
        number = _history_end(sorting, end, next_quoted, why)
        _replace(kinds, end, number, OLD)
    return sorting


def _told_apart(lines: list[str]) -> list[int]:
    """What each line is by its own signs: empty, quoted, or else the writer's."""
    prefixes = _supercited(lines)
    kinds = [_kind(lines, number, prefixes) for number in range(len(lines))]
    begin = 0
    while begin < len(kinds):
        end = begin + 1
        if kinds[begin] == QUOTED:
            while end < len(kinds) and kinds[end] == QUOTED:
                end += 1
            if all(_is_prompt(line) for line in lines[begin:end]):
                _replace(kinds, begin, end, OWN)
        begin = end
    return kinds


def _supercited(lines: list[str]) -> tuple[str, ...]:
    """The marks that ``>>>>> "R" == R Hettinga <rah@b.example> writes:`` says are quotation's."""
    cited = (
        line.split('"', 2) for line in lines if line.startswith('>>>>> "') and '" == ' in line
    )
    return tuple({f"{pieces[1]}> " for pieces in cited if 0 < len(pieces[1]) <= INITIALS})[:KNOWN]


def _kind(lines: list[str], number: int, prefixes: tuple[str, ...]) -> int:
    line = lines[number]
    if not line:
        return EMPTY
    if prefixes and line.lstrip().startswith(prefixes):
        return QUOTED
    above = lines[number - 1] if number else ""
    below = lines[number + 1] if number + 1 < len(lines) else ""
    if marks.is_quote(line):
        # Mail servers write ">From" where a line of anybody begins with "From".
        is_servers = line.startswith(">From ") and not (marks.is_quote(above or below))
        return OWN if is_servers else QUOTED
    is_wrapped = marks.is_quote(above) and marks.is_quote(below) and len(above) >= WRAPPED
    return QUOTED if is_wrapped else OWN


def _is_prompt(line: str) -> bool:
    """Recognise what Python writes before what is typed; old mail is not quoted thrice at once."""
    return line == ">>>" or line.startswith(">>> ")


def _replace(kinds: list[int], begin: int, end: int, kind: int) -> None:
    """Give lines between two a kind; what is empty or quoted there stays so."""
    for number in range(begin, end):
        if kinds[number] == OWN or (kind == OWN and kinds[number] == QUOTED):
            kinds[number] = kind


def _next_quoted(kinds: list[int]) -> list[int]:
    """For each line the first quoted one from there on."""
    found, following = [len(kinds)] * (len(kinds) + 1), len(kinds)
    for number in range(len(kinds) - 1, -1, -1):
        following = number if kinds[number] == QUOTED else following
        found[number] = following
    return found


def _announcement(lines: list[str], number: int, *, is_first: bool) -> tuple[int, str]:
    """Where the announcement of old mail that begins here ends, and what it is; else 0."""
    if marks.is_header_block(lines, number) or marks.is_divider(lines, number):
        end = marks.header_end(lines, number)
        below = marks.next_filled(lines, end)
        again = marks.attribution_end(lines, below) if below < len(lines) else 0
        return (again or end), "header"
    if end := marks.attribution_end(lines, number):
        return end, "attribution"
    if marks.names_writer(lines, number, is_first=is_first):
        return number + 1, "attribution"
    return 0, ""


def _history_end(sorting: Sorting, begin: int, next_quoted: list[int], why: str) -> int:
    """Where unmarked history ends: at once where the old mail is marked line by line."""
    lines, following = sorting.lines, marks.next_filled(sorting.lines, begin)
    if following >= len(lines) or marks.is_quote(lines[following]) or not lines[following]:
        return begin
    return next_quoted[begin] if why == "attribution" else len(lines)


def _shown(sorting: Sorting) -> list[int]:
    """Which lines are shown: the writer's, and quotations that several answers were put between.

    A single quotation goes when a program announced it, or when nothing of the writer's is above.
    """
    kinds = sorting.kinds
    own = [number for number, kind in enumerate(kinds) if kind == OWN]
    quoted = [number for number, kind in enumerate(kinds) if kind in {OWN, QUOTED}]
    answers = sum(kinds[a] == QUOTED and kinds[b] == OWN for a, b in pairwise(quoted))
    last = _introduced_end(sorting, own[-1])
    if answers > 1:
        return [n for n in range(last + 1) if kinds[n] != OLD]
    is_announced = ANNOUNCED in kinds[own[0] : own[-1]]
    gone = {OLD, ANNOUNCED, QUOTED} if is_announced else {OLD}
    return [n for n in range(own[0], last + 1) if kinds[n] not in gone or n > own[-1]]


def _joined(lines: list[str], shown: list[int]) -> list[str]:
    """The lines, with one empty line at most where others were left out."""
    pairs = pairwise([-1, *shown])
    return [lines[n] for before, n in pairs if lines[n] or before == n - 1 or lines[before]]


def _introduced_end(sorting: Sorting, last: int) -> int:
    """Keep a quotation that the writer's last line announces: ``The error is:``."""
    line = sorting.lines[last]
    is_dated = "@" in line or any(character.isdigit() for character in line)
    if not line.endswith(marks.COLONS) or is_dated:
        return last
    end = last + 1
    while end < len(sorting.kinds) and sorting.kinds[end] in {QUOTED, EMPTY}:
        end += 1
    return end - 1
