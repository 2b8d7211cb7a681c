"""I2: nothing that could go on was left lying."""

from collections.abc import Iterator

from tests.drill.facts import Facts, Row, grouped

SLACK = 5.0


def unfinished(facts: Facts) -> Iterator[str]:
    """Runs that should have ended or moved on by now."""
    for run in facts.runs:
        if run["state"] in ("ready", "running") or (run["state"] == "waiting" and run["overdue"]):
            yield f"Run {run['id']} ({run['flow']}) is {run['state']} and does not move."


def asleep(facts: Facts) -> Iterator[str]:
    """Runs that wait for an event that has happened while they waited."""
    events = grouped(facts.events, "stream")
    steps = grouped((s for s in facts.steps if s["kind"] == "wait"), "run_id")
    for run in facts.runs:
        if run["state"] != "waiting" or not run["waits_for"] or not steps.get(run["id"]):
            continue
        since = steps[run["id"]][-1]["started_at"] + SLACK
        for event in events.get(run["serial_key"], ()):
            if event["at"] > since and is_awaited(event, run):
                yield f"Run {run['id']} ({run['flow']}) sleeps though {event['type']} happened."
                break


def is_awaited(event: Row, run: Row) -> bool:
    """Whether a run waits for such an event."""
    match = run["wait_match"]
    return event["type"] in run["waits_for"] and match.items() <= event["payload"].items()
