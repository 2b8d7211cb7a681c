"""Who does the work: broker, coordinator, destinations, the classifier, the clockwork."""

from collections.abc import Iterator

from apps.ops.doctor.saying import cited, sentence, span
from apps.ops.doctor.types import Facts, Finding

SILENT = 10.0
"""Seconds without a sweep after which there is no coordinator."""
FAILURES_TOO_MANY = 20
"""A breaker that opened at 6 has been probed in vain for seven minutes by then."""
LATE_DAYS = 2.0

WORKER = "`manage.py serve worker`"
COORDINATOR = "`manage.py serve coordinator`"


def broker(facts: Facts) -> Iterator[Finding]:
    """No wake-up reaches a worker."""
    if not facts.engine.broker_answers:
        yield Finding(
            name="broker_away",
            wrong="Valkey does not answer: what comes in is kept, and work stands still.",
            cure="Start Valkey, or correct REDIS_URL; nothing is lost meanwhile.",
        )


def hints(facts: Facts) -> Iterator[Finding]:
    """Wake-ups are switched off."""
    if not facts.engine.hints:
        yield Finding(
            name="hints_off",
            wrong="SUPPORTCOORD_HINTS is 0: processes that are set so wake no worker.",
            cure="Take the setting away, for the coordinator at least: work stands without it.",
        )


def coordinator(facts: Facts) -> Iterator[Finding]:
    """Nobody sweeps."""
    silence = facts.engine.silence
    if silence is None or silence > SILENT:
        since = "ever swept" if silence is None else f"swept for {span(silence)}"
        yield Finding(
            name="no_coordinator",
            wrong=f"No coordinator has {since}: timers, retries and lost wake-ups wait.",
            cure=f"Start {COORDINATOR}, or look in its log.",
        )


def backlog(facts: Facts) -> Iterator[Finding]:
    """Wake-ups come faster than they are taken."""
    if facts.engine.backlog > facts.engine.full_backlog:
        yield Finding(
            name="backlog",
            wrong=(
                f"{facts.engine.backlog} wake-ups lie in Valkey; the coordinator adds none while "
                f"there are more than {facts.engine.full_backlog}."
            ),
            cure=f"Start more of {WORKER}, or raise WORKER_CONCURRENCY.",
        )


def breakers(facts: Facts) -> Iterator[Finding]:
    """Destinations that are left alone."""
    for one in facts.engine.troubled:
        rest = f"for {span(one.left)} more" if one.left > 0 else "until the next run probes it"
        yield Finding(
            name="breaker_open",
            wrong=sentence(
                f"“{one.destination}” is left alone {rest}: it failed {one.failures} times in a "
                f"row, the last time {span(one.ago)} ago: {cited(one.error)}"
            ),
            cure="It is probed every 30 s by itself; see to it if this does not end.",
            urgent=one.failures >= FAILURES_TOO_MANY,
        )


def retention(facts: Facts) -> Iterator[Finding]:
    """Old runs that nobody removed."""
    oldest, kept = facts.engine.oldest_over_days, facts.engine.kept_days
    if oldest is not None and oldest > kept + LATE_DAYS:
        yield Finding(
            name="nothing_forgotten",
            wrong=f"Runs that ended {oldest:.0f} days ago are kept; RUNS_KEPT_DAYS is {kept}.",
            cure="Run `manage.py forget_runs`; the worker's log says why it was not done hourly.",
        )


def classifier(facts: Facts) -> Iterator[Finding]:
    """Somebody to say what messages are about."""
    if not facts.engine.model:
        yield Finding(
            name="no_model",
            wrong="No model of the classifier is live, so a person must look at every message.",
            cure="Run `manage.py train_model`.",
        )


def scanner(facts: Facts) -> Iterator[Finding]:
    """Somebody to check files for viruses, where that is wanted."""
    if facts.engine.scanner_problem:
        yield Finding(
            name="scanner_away",
            wrong=f"{facts.engine.scanner_problem} Nobody gets a file before it is checked.",
            cure="Start clamd, or correct CLAMD_URL; files that wait are checked then.",
        )
