"""Two people change one ticket: what each meant, and where they differ. Plain Python."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

FIELDS = {
    "StatusChanged": "status",
    "PriorityChanged": "priority",
    "OwnerChanged": "owner",
    "TeamChanged": "team",
}

Value = str | int | None


@dataclass(frozen=True, kw_only=True)
class Change:
    """One event that came after the page was made: its type and facts."""

    type: str
    payload: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Merged:
    """What to change now, and which fields somebody else changed to something else."""

    wanted: dict[str, Value] = field(default_factory=dict)
    conflicts: frozenset[str] = frozenset()


def merge(
    *,
    posted: Mapping[str, Value],
    now: Mapping[str, Value],
    since: Iterable[Change],
) -> Merged:
    """Compare what a person posted with what they saw, and with what is there now.

    What they saw is what is there now, with the changes since taken back. A field that they left
    alone stays as it is. A field that both changed, to different values, is a conflict.
    """
    seen = dict(now)
    changed = set()
    for change in reversed(list(since)):
        if name := FIELDS.get(change.type):
            seen[name] = change.payload["old"]  # type: ignore[assignment]
            changed.add(name)
    meant = {name: value for name, value in posted.items() if value != seen[name]}
    conflicts = {name for name, value in meant.items() if name in changed and value != now[name]}
    wanted = {
        name: value
        for name, value in meant.items()
        if value != now[name] and name not in conflicts
    }
    return Merged(wanted=wanted, conflicts=frozenset(conflicts))


def merge_tags(
    *, posted: Iterable[str], now: Iterable[str], since: Iterable[Change]
) -> frozenset[str] | None:
    """The tags there should be, both sides' additions and removals kept; None for no change."""
    seen, there, meant = set(now), frozenset(now), set(posted)
    for change in reversed(list(since)):
        if change.type == "TagsChanged":
            seen -= set(change.payload["added"])  # type: ignore[call-overload]
            seen |= set(change.payload["removed"])  # type: ignore[call-overload]
    wanted = (there | (meant - seen)) - (seen - meant)
    return None if wanted == there else wanted
