"""I1, I3: each event started exactly the runs it starts, and nothing else started one."""

from collections.abc import Iterator

from tests.drill.facts import Facts, grouped


def lost(facts: Facts) -> Iterator[str]:
    """Events whose run is not there."""
    runs = grouped(facts.runs, "serial_key", "key_seq", "flow")
    for event in facts.events:
        for flow in facts.started_by.get(event["type"], ()):
            if not runs.get((event["stream"], event["seq"], flow)):
                yield f"{event['type']} {event['stream']}/{event['seq']} began no run of {flow!r}."


def repeated(facts: Facts) -> Iterator[str]:
    """Events that began two runs of one flow, and runs that no event began."""
    events = {(event["stream"], event["seq"]): event for event in facts.events}
    known = {flow for flows in facts.started_by.values() for flow in flows}
    for (stream, seq, flow), runs in grouped(facts.runs, "serial_key", "key_seq", "flow").items():
        if len(runs) > 1:
            yield f"{stream}/{seq} began {len(runs)} runs of {flow!r}."
        event = events.get((stream, seq))
        if flow in known and event and flow not in facts.started_by.get(event["type"], ()):
            yield f"{event['type']} {stream}/{seq} began a run of {flow!r}, which it does not."
