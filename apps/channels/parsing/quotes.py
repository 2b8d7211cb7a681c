"""What is new in a reply: the text without quoted history and signature, line by line.

Nothing here looks at more than a few lines at once, so hostile text costs what other text does.
"""

from dataclasses import dataclass

from apps.channels.parsing import limits, marks

WRAPPED = 60


@dataclass(frozen=True)
class Reply:
    """The new text, and what set it apart: empty when the whole text is new."""

    visible: str
    because: str = ""


def split_reply(text: str) -> Reply:
    """Find the new text of a reply; empty only where all of the text is a quotation."""
    everything = [line.rstrip() for line in text.split("\n")]
    lines = marks.without_ending(everything)
    cut, begin, because = _first_mark(lines)
    kept = lines[:cut] + _answers(lines[cut:begin], lines[begin:])
    visible = "\n".join(marks.without_ending(_without_last_quotes(kept))).strip()
    if visible:
        return Reply(visible, because or ("" if len(kept) == len(lines) else "quote"))
    said = [line for line in everything[:cut] + everything[begin:] if line]
    if said and all(marks.is_quote(line) for line in said):
        return Reply("", "quote")
    return Reply(text.strip())


def _first_mark(lines: list[str]) -> tuple[int, int, str]:
    """Where the history is announced, where it begins, and by what."""
    for number, line in enumerate(lines[: limits.REPLY_LINES]):
        if not line or marks.is_quote(line):
            continue
        if marks.is_header_block(lines, number) or marks.is_divider(lines, number):
            return number, len(lines), "header"
        if end := marks.attribution_end(lines, number):
            return number, end, "attribution"
    return len(lines), len(lines), ""


def _answers(announced: list[str], history: list[str]) -> list[str]:
    """Find new text below the quoted history, or between its lines with what it answers."""
    quoted = [number for number, line in enumerate(history) if marks.is_quote(line)]
    if not quoted:
        return []
    own = [number for number in range(quoted[0], len(history)) if _is_own(history, number)]
    if not own:
        return []
    if quoted[-1] < own[0]:
        return history[own[0] :]
    return announced + history[: own[-1] + 1]


def _is_own(lines: list[str], number: int) -> bool:
    """Whether a line is the writer's own, and no wrapped end of the quoted line above."""
    line = lines[number]
    if not line or marks.is_quote(line):
        return False
    above, below = lines[number - 1], lines[number + 1] if number + 1 < len(lines) else ""
    return not (marks.is_quote(above) and marks.is_quote(below) and len(above) >= WRAPPED)


def _without_last_quotes(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and (not lines[end - 1] or marks.is_quote(lines[end - 1])):
        end -= 1
    if end == len(lines):
        return lines
    announced = (n for n in range(max(1, end - 3), end) if marks.attribution_end(lines, n) == end)
    return lines[: next(announced, end)]
