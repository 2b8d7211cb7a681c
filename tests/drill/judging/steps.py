"""I4, I8, I9: a finished run has finished steps; none was done, or asked, again."""

from collections.abc import Iterator
from itertools import pairwise
from json import dumps

from tests.drill.facts import Facts, grouped

ONCE = {
    "MailStored": "mail_id",
    "MailDecided": "mail_id",
    "TicketOpened": "ticket_id",
    "MessageReceived": "message_id",
    "ReplyWritten": "message_id",
    "NoteWritten": "message_id",
}
"""Events that happen once to the thing they are about."""
SURELY_NOT = "failed"
SLACK = 0.5


def unfinished(facts: Facts) -> Iterator[str]:
    """Runs that are done while a step of theirs is not."""
    done = {run["id"]: run for run in facts.runs if run["state"] == "done"}
    for step in facts.steps:
        if step["run_id"] in done and step["state"] != "done":
            yield f"Run {step['run_id']} is done, its step {step['name']!r} is {step['state']}."


def repeated(facts: Facts) -> Iterator[str]:
    """Effects of database steps, by the events they published, that are there twice."""
    about = (
        (event["type"], event["payload"].get(ONCE.get(event["type"]))) for event in facts.events
    )
    seen: set[tuple[object, ...]] = set()
    for event, (kind, thing) in zip(facts.events, about, strict=True):
        where = f"{event['stream']}/{event['seq']}"
        if kind in ONCE:
            if (kind, thing) in seen:
                yield f"{kind} of {thing} happened again at {where}."
            seen.add((kind, thing))
        if event["run_id"] and event["step"]:
            effect = (
                event["run_id"],
                event["step"],
                kind,
                dumps(event["payload"], sort_keys=True),
            )
            if effect in seen:
                yield f"Step {event['step']!r} of run {event['run_id']} was done again at {where}."
            seen.add(effect)


def asked_again(facts: Facts) -> Iterator[str]:
    """Calls that were made after they were done, and unsafe ones after an unknown outcome."""
    tries = grouped(facts.attempts, "step_id")
    decided = [e for e in facts.events if e["type"] in ("RunTriedAgain", "RunSettledOutside")]
    decisions = grouped(({**e, "run": e["payload"]["run_id"]} for e in decided), "run")
    for step in facts.steps:
        attempts = tries.get(step["id"], [])
        late = [a for a in attempts if step["finished_at"] and step["state"] == "done"]
        late = [a for a in late if a["started_at"] > step["finished_at"] + SLACK]
        if late:
            yield f"Step {step['name']!r} of run {step['run_id']} was asked after it was done."
        if not step["destination"].startswith("smtp"):
            continue
        moments = [event["at"] for event in decisions.get(step["run_id"], ())]
        for first, second in pairwise(attempts):
            between = [at for at in moments if first["started_at"] <= at <= second["started_at"]]
            if first["outcome"] != SURELY_NOT and not between:
                yield f"Unsafe step {step['name']!r} of run {step['run_id']} was asked again."
