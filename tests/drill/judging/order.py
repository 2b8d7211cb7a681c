"""I6: everything about a ticket is in the order of its story, which is the order of commits."""

import re
from collections.abc import Iterator

from tests.drill.facts import Facts, Row, grouped

OURS = re.compile(r"<(\d+)\.(\d+)\.")
"""Our own Message-IDs begin with ticket and message."""


def holes(facts: Facts) -> Iterator[str]:
    """Places of a stream where nothing stands: whoever takes one fills it in its transaction."""
    events, runs = grouped(facts.events, "stream"), grouped(facts.runs, "serial_key")
    for stream in facts.streams:
        key, places = stream["key"], set(range(1, stream["next_seq"]))
        filled = {event["seq"] for event in events.get(stream["key"], ())}
        filled |= {run["key_seq"] for run in runs.get(key, ())}
        if filled != places:
            wrong = sorted(filled ^ places)[:5]
            yield f"{key} has places 1 to {stream['next_seq'] - 1}; these do not fit: {wrong}."


def commits(facts: Facts) -> Iterator[str]:
    """Events that were committed before one that stands before them."""
    for stream, events in grouped(facts.events, "stream").items():
        latest = 0.0
        for event in events:
            if event["committed"] is not None and event["committed"] < latest:
                yield f"{stream}/{event['seq']} was committed before the event before it."
            latest = max(latest, event["committed"] or 0.0)


def parked(facts: Facts) -> set[int]:
    """Runs that were dead letters for a while: what came later was right to go on without them."""
    return {e["payload"]["run_id"] for e in facts.events if e["type"] == "RunParked"}


def runs(facts: Facts) -> Iterator[str]:
    """Runs of one lane that began before one that was there earlier."""
    skipped = parked(facts)
    first: dict[int, float] = {}
    for step in facts.steps:
        first[step["run_id"]] = min(step["started_at"], first.get(step["run_id"], float("inf")))
    begun = (run for run in facts.runs if run["id"] in first and run["id"] not in skipped)
    for (stream, lane), those in grouped(begun, "serial_key", "lane").items():
        latest: Row | None = None
        for run in sorted(those, key=lambda run: run["key_seq"]):
            if latest and first[run["id"]] < first[latest["id"]]:
                yield f"{stream} {lane}: run {run['id']} began before run {latest['id']}."
            latest = run


def replies(facts: Facts) -> Iterator[str]:
    """Replies of one ticket that reached the mail server before an earlier one."""
    skipped = parked(facts)
    changes = (e for e in facts.events if e["type"] == "DeliveryChanged")
    late = {e["payload"]["message_id"] for e in changes if e["run_id"] in skipped}
    arrived: dict[int, list[int]] = {}
    for entry in facts.outside:
        found = OURS.match(entry["message_id"]) if entry["kind"] == "taken" else None
        if found and int(found[2]) not in late:
            arrived.setdefault(int(found[1]), []).append(int(found[2]))
    written = {
        event["payload"]["message_id"]: event["seq"]
        for event in facts.events
        if event["type"] == "ReplyWritten"
    }
    for ticket, messages in arrived.items():
        places = [written[message] for message in messages if message in written]
        if places != sorted(places):
            yield f"The replies of ticket {ticket} arrived in the order {places}."


def writes(facts: Facts) -> Iterator[str]:
    """Writes that were acknowledged before another was begun, and stand behind it."""
    begun = {e["key"]: e["at"] for e in facts.asked if e["kind"] == "begun"}
    told = (e for e in facts.asked if e["kind"] == "acknowledged")
    ended = {entry["id"]: entry for entry in told if entry["what"] in ("note", "reply")}
    kinds = ("ReplyWritten", "NoteWritten")
    for stream, events in grouped(facts.events, "stream").items():
        places = [
            ended[event["payload"]["message_id"]]
            for event in events
            if event["type"] in kinds and event["payload"]["message_id"] in ended
        ]
        earliest = float("inf")
        for entry in reversed(places):
            if earliest < begun[entry["key"]]:
                yield f"{stream}: {entry['key']} stands before what was acknowledged earlier."
            earliest = min(earliest, entry["at"])
