"""What is not done: runs that nobody takes, that stand behind others, that wait for a person."""

from collections.abc import Iterator

from apps.core.text import many
from apps.ops.doctor.explaining import why
from apps.ops.doctor.rules.engine import COORDINATOR, SILENT, WORKER
from apps.ops.doctor.saying import cited, sentence, span
from apps.ops.doctor.types import Facts, Finding, Parked, RunFacts

WAITED = 10.0
"""Seconds that a run may be due: a lost wake-up is repeated before that."""
TAKEOVERS = 2


def stalled(facts: Facts) -> Iterator[Finding]:
    """Runs that could go on, and do not."""
    free = [run for run in facts.work.due if run.behind is None and run.overdue > WAITED]
    if free:
        oldest, others = free[0], len(free) - 1
        more = f"; so could {many(others, 'other')}" if others else ""
        yield Finding(
            name="nobody_works",
            wrong=sentence(f"{oldest} {why(oldest)}{more}"),
            cure=cure_of_a_stall(facts),
        )


def cure_of_a_stall(facts: Facts) -> str:
    """What to do about work that nobody takes."""
    if not facts.engine.broker_answers:
        return "Bring Valkey back: workers hear of work through it."
    silent = facts.engine.silence is None or facts.engine.silence > SILENT
    if facts.engine.working:
        return f"Workers are busy: start more of {WORKER}, or raise WORKER_CONCURRENCY."
    if silent:
        return f"Start {COORDINATOR}: nobody repeats the wake-ups that were lost."
    return f"Start {WORKER}, or look in its log why it takes none."


def held_back(facts: Facts) -> Iterator[Finding]:
    """Runs that stand behind another one, by that other one."""
    behind: dict[int, list[RunFacts]] = {}
    for run in facts.work.due:
        if run.behind and run.overdue > WAITED:
            behind.setdefault(last_of(run).id, []).append(run)
    for runs in behind.values():
        blocker, oldest = last_of(runs[0]), runs[0]
        parks = blocker.state in ("dead", "in_doubt")
        if parks or (blocker.state == "ready" and blocker.overdue < 0):
            more = f", and {many(len(runs) - 1, 'other')} too" if len(runs) > 1 else ""
            decide = f"Decide about run {blocker.id} at {facts.work.desk}."
            yield Finding(
                name="held_back",
                wrong=sentence(f"{oldest} {why(oldest)}{more}"),
                cure=decide if parks else "Nothing: that one is tried again by itself.",
                urgent=parks,
            )


def last_of(run: RunFacts) -> RunFacts:
    """The run at the head of those that stand behind one another."""
    return last_of(run.behind) if run.behind else run


def parked(facts: Facts) -> Iterator[Finding]:
    """Dead letters, by cause."""
    for one in facts.work.parked:
        yield Finding(
            name=one.state,
            wrong=sentence(f"{of_parked(one)}: {cited(one.error)}"),
            cure=f"Run again, mark as done outside, or give up, at {facts.work.desk}.",
        )


def of_parked(one: Parked) -> str:
    """How many, of what, since when, why."""
    what, whats = ("a dead letter", "dead letters") if one.state == "dead" else ("in doubt",) * 2
    if one.count == 1:
        told = f"run {one.oldest} of “{one.flow}” has been {what} for {span(one.since)}"
    else:
        told = (
            f"{one.count} runs of “{one.flow}”, run {one.oldest} first, have been {whats} for up "
            f"to {span(one.since)}"
        )
    at = f" at {one.destination}" if one.destination else ""
    return f"{told}{at}, {one.error_code}"


def missing(facts: Facts) -> Iterator[Finding]:
    """Versions that runs need and this release lacks."""
    for one in facts.work.missing:
        first = f"run {one.oldest}"
        runs = first if one.runs == 1 else f"{one.runs} unfinished runs, {first} first,"
        lack = f"version {one.version} of “{one.flow}” is not in this release"
        yield Finding(
            name="version_missing",
            wrong=sentence(f"{runs} cannot go on: {lack}"),
            cure="Go back to a release that has it, or deploy one; then run the dead ones again.",
        )


def losing(facts: Facts) -> Iterator[Finding]:
    """Runs whose processes die again and again."""
    for run in facts.work.losing:
        if run.takeovers >= TAKEOVERS:
            yield Finding(
                name="taken_over_again",
                wrong=sentence(
                    f"{run} has lost its process {run.takeovers} times and becomes a dead letter "
                    f"the {facts.work.most_takeovers}th time"
                ),
                cure="Look in the worker's log for what kills it, such as too little memory.",
            )
