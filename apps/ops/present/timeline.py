"""A run as a timeline: its pieces, what lay between them, and where the time went."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

from apps.coordination.models import Run
from apps.coordination.states import RunState
from apps.core.moments import took
from apps.ops.present.pieces import Mark, Piece, pieces
from apps.ops.present.veil import plain
from apps.ops.present.words import Look, clock, in_words, run_look
from apps.ops.queries.runs import MOST, WholeRun

NOTABLE = timedelta(seconds=2)
MOST_MARKS = 80
SHOWN_AT_ENDS = 25
WIDTH = 1000
NARROWEST = 5

GAPS = {
    "queued": Look(name="Waited to be taken up", icon="clock"),
    "backed": Look(name="Backed off", icon="history"),
    "lost": Look(name="Taken over", icon="split", tone="warn"),
    "work": Look(name="Worked", icon="circle-dot"),
    "parked": Look(name="Lay before operators", icon="circle-pause"),
}
KINDS = {
    "work": "at work",
    "asked": "outside",
    "failed": "outside, in vain",
    "waited": "waiting",
    "backed": "backing off",
    "queued": "queued",
    "lost": "lost with a worker",
    "parked": "before operators",
}
"""What the bar tells apart, in the order of its legend."""


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A piece of the bar: where it begins and how wide it is, of WIDTH."""

    x: int
    width: int
    kind: str
    name: str
    took: str


@dataclass(frozen=True, kw_only=True)
class Share:
    """How much of the time went to one kind of thing."""

    kind: str
    name: str
    took: str


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """The whole of it; a long one is folded in the middle."""

    head: list[Mark]
    folded: list[Mark]
    tail: list[Mark]
    bar: list[Stretch]
    shares: list[Share]
    took: str
    note: str


def timeline(whole: WholeRun, *, at: datetime) -> Timeline:
    """Draw a run."""
    found = closed([*pieces(whole), *over(whole.run)], whole.run, at=at)
    marks = [*with_gaps(found), *ending(whole.run, found, at=at)]
    lengths = merged(stretches(found))
    fold = len(marks) > MOST_MARKS
    return Timeline(
        head=marks[:SHOWN_AT_ENDS] if fold else marks,
        folded=marks[SHOWN_AT_ENDS:-SHOWN_AT_ENDS] if fold else [],
        tail=marks[-SHOWN_AT_ENDS:] if fold else [],
        bar=bar(lengths),
        shares=shares(lengths),
        took=took((whole.run.finished_at or at) - whole.run.created_at),
        note=f"Only the latest {MOST:,} steps and calls are shown." if whole.is_cut else "",
    )


def closed(found: list[Piece], run: Run, *, at: datetime) -> list[Piece]:
    """The pieces, each with an end: a stop lasts until it was decided, what is open until now."""
    ended = []
    for piece, later in zip(found, [*found[1:], None], strict=True):
        until = later.start if later else (run.finished_at or at)
        if piece.kind == "parked":
            mark = replace(piece.mark, took=took(until - piece.start))
            ended.append(replace(piece, end=until, mark=mark))
        elif piece.end is None:
            open_end = until if piece.kind == "waited" else piece.start
            ended.append(replace(piece, end=open_end))
        else:
            ended.append(piece)
    return ended


def over(run: Run) -> list[Piece]:
    """How it ended, if it did."""
    if run.finished_at is None:
        return []
    look, length = run_look(run), took(run.finished_at - run.created_at)
    mark = Mark(
        look=look, title=look.name.capitalize(), at=clock(run.finished_at), took=f"after {length}"
    )
    return [Piece(kind="over", start=run.finished_at, end=run.finished_at, mark=mark)]


def between(piece: Piece, later: Piece) -> str:
    """What a run did between two pieces."""
    turns = turns_between(piece, later)
    if piece.kind == "lost" or turns > 1:
        return "lost"
    if piece.kind in ("begun", "decided", "waited"):
        return "queued"
    if piece.kind == "failed" or turns == 1:
        return "backed"
    return "work"


def turns_between(piece: Piece, later: Piece) -> int:
    """How often it was claimed between them; what was lost on the way took a turn as well."""
    if piece.fence is None or later.fence is None or later.kind == "waited":
        return 0
    return later.fence - piece.fence


def with_gaps(found: list[Piece]) -> Iterator[Mark]:
    """The lines of the pieces, and a line for each notable gap between them."""
    turn: int | None = None
    for piece, later in zip(found, [*found[1:], None], strict=True):
        fence = None if piece.kind == "waited" else piece.fence
        yield (
            replace(piece.mark, turn=f"turn {fence}") if fence not in (None, turn) else piece.mark
        )
        turn = turn if fence is None else fence
        if later and piece.end:
            yield from gap(piece, later)


def gap(piece: Piece, later: Piece) -> Iterator[Mark]:
    """The line between two pieces, where there is something to tell."""
    kind, length = between(piece, later), later.start - (piece.end or piece.start)
    if kind == "lost" or (kind == "backed" and length > NOTABLE / 10) or length > NOTABLE:
        turns = turns_between(piece, later)
        skipped = "The worker went away, or failed without a word." if kind == "lost" else ""
        said = f"{skipped} {turns} turns later:" if turns > 2 and skipped else skipped
        yield Mark(
            look=GAPS[kind], title=GAPS[kind].name, text=said, took=took(length), is_gap=True
        )


def stretches(found: list[Piece]) -> Iterator[tuple[str, datetime, datetime]]:
    """The time from the beginning to the end without holes: kind, from, to."""
    for piece, later in zip(found, [*found[1:], None], strict=True):
        end = piece.end or piece.start
        if end > piece.start:
            yield piece.kind, piece.start, end
        if later and later.start > end:
            yield between(piece, later), end, later.start


def merged(found: Iterable[tuple[str, datetime, datetime]]) -> list[tuple[str, timedelta]]:
    """How long each kind of thing lasted, one after the other."""
    return [
        (kind, sum((end - start for _, start, end in same), start=timedelta()))
        for kind, same in groupby(found, key=lambda stretch: stretch[0])
    ]


def bar(lengths: list[tuple[str, timedelta]]) -> list[Stretch]:
    """The stretches side by side; the shortest can still be seen."""
    whole = sum((length.total_seconds() for _, length in lengths), start=0.0) or 1.0
    widths = [max(NARROWEST, WIDTH * length.total_seconds() / whole) for _, length in lengths]
    scale, x = WIDTH / (sum(widths) or 1), 0.0
    drawn = []
    for (kind, length), width in zip(lengths, widths, strict=True):
        drawn.append(
            Stretch(
                x=round(x),
                width=max(1, round(x + width * scale) - round(x)),
                kind=kind,
                name=KINDS[kind],
                took=took(length),
            )
        )
        x += width * scale
    return drawn


def shares(lengths: list[tuple[str, timedelta]]) -> list[Share]:
    """How the time is shared, in words."""
    sums: dict[str, timedelta] = defaultdict(timedelta)
    for kind, length in lengths:
        sums[kind] += length
    return [
        Share(kind=kind, name=name, took=took(sums[kind]))
        for kind, name in KINDS.items()
        if kind in sums
    ]


def ending(run: Run, found: list[Piece], *, at: datetime) -> Iterator[Mark]:
    """What a run that is not over does now."""
    look, state = run_look(run), RunState(run.state)
    if run.finished_at:
        return
    if state is RunState.READY:
        left = (run.due_at - at).total_seconds() if run.due_at else 0
        title = f"Goes on in {in_words(left)}" if left > 0 else "Goes on as soon as it is its turn"
        yield Mark(look=look, title=title, text=plain(run.error))
    elif state is RunState.RUNNING:
        owner = f"in the hands of {run.lease_owner}" if run.lease_owner else ""
        yield Mark(look=look, title="Running now", quiet=owner)
    elif found[-1].kind not in ("parked", "waited"):
        yield Mark(look=look, title=look.name.capitalize(), text=plain(run.error))
