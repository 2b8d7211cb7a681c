"""Why a run is not running: one clause about it, and about the run it stands behind."""

from apps.core.text import many
from apps.ops.doctor.saying import cited, span
from apps.ops.doctor.types import RunFacts


def why(run: RunFacts) -> str:
    """Say what a run is waiting for, as the end of a sentence that begins with its name."""
    if run.state in ("done", "cancelled"):
        return "is over" if run.state == "done" else "was given up"
    if run.state in ("dead", "in_doubt"):
        return parked(run)
    if run.state == "running":
        return in_hands(run)
    if run.behind:
        return f"stands behind {run.behind}, which {why(run.behind)}"
    if run.overdue < 0 or run.due_in is None:
        return paused(run)
    return free(run)


def parked(run: RunFacts) -> str:
    """It waits for an operator."""
    what = "is a dead letter" if run.state == "dead" else "is in doubt"
    return f"{what} since {span(run.since)}: {cited(run.error) or run.error_code}"


def in_hands(run: RunFacts) -> str:
    """Somebody has it, or had it."""
    left = run.lease_left or 0.0
    if left > 0:
        return f"is in the hands of {run.lease_owner}, whose lease holds for {span(left)} more"
    lost = f"was in the hands of {run.lease_owner}, whose lease ran out {span(-left)} ago"
    return f"{lost}, and nobody took it over"


def paused(run: RunFacts) -> str:
    """It is not due yet."""
    left = span(run.due_in or 0.0)
    if run.state == "waiting":
        return waiting(run)
    if not run.known:
        return (
            f"needs version {run.version} of “{run.flow}”, which this release lacks; it looks "
            f"again in {left}"
        )
    if run.error_code == "breaker_open":
        return f"leaves its destination alone for {left} more: {cited(run.error)}"
    if run.attempts:
        tries = many(run.attempts, "failed attempt")
        return f"tries again in {left}, after {tries}: {cited(run.error)}"
    return f"begins in {left}"


def waiting(run: RunFacts) -> str:
    """It waits for an event, a moment, or whichever comes first."""
    since = f"for {span(run.since)}"
    if not run.waits_for:
        return f"has slept {since} and wakes in {span(run.due_in or 0.0)}"
    end = "" if run.due_in is None else f", and waits {span(run.due_in)} more at most"
    return f"has waited for {' or '.join(run.waits_for)} {since}{end}"


def free(run: RunFacts) -> str:
    """Nothing keeps it from going on."""
    late = f"could have gone on for {span(run.overdue)}"
    if run.signals > 1:
        return f"{late} and nobody took it, though it was signalled {run.signals} times"
    return f"{late} and nobody took it"
