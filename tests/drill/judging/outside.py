"""I5, I9: what the outside holds is what the database says it does, each effect once."""

from collections.abc import Iterator

from tests.drill.facts import Facts, Row, grouped


def applied(facts: Facts, kind: str) -> list[Row]:
    """What the stand-in did."""
    return [entry for entry in facts.outside if entry["kind"] == kind]


def lost(facts: Facts) -> Iterator[str]:
    """What the database believes was done outside, and was not; and the other way round."""
    held = {entry["data"]["id"] for entry in applied(facts, "applied")}
    for step in facts.steps:
        if step["kind"] == "call" and step["destination"].startswith("crm"):
            said = id_in(step["output"])
            if step["state"] == "done" and said and said not in held:
                yield f"Step {step['name']!r} of run {step['run_id']}: the CRM has no {said}."
    taken = grouped(applied(facts, "taken"), "message_id")
    for message in facts.messages:
        if message["kind"] != "outgoing":
            continue
        name, delivery = message["message_id_header"], message["delivery"]
        if delivery == "sent" and not taken.get(name):
            yield f"Reply {message['id']} counts as sent; the mail server has never seen it."
        elif delivery in ("", "queued", "sending"):
            yield f"Reply {message['id']} was left {delivery or 'unsent'}."


def id_in(output: object) -> str:
    """The id that a call to the CRM brought back, if it brought one."""
    found = output.get("external_id") if isinstance(output, dict) else output
    return found if isinstance(found, str) else ""


def repeated(facts: Facts) -> Iterator[str]:
    """Effects that the outside has twice, or for which there is no step."""
    effects = applied(facts, "applied")
    for (what, key), rows in grouped(effects, "what", "key").items():
        if len(rows) > 1:
            yield f"The CRM did {what} {key} {len(rows)} times."
    for (what, about), rows in grouped(effects, "what", "about").items():
        keys = sorted({row["key"] for row in rows})
        if len(keys) > 1:
            yield f"The CRM holds {what} {about} under {', '.join(keys)}."
    for name, rows in grouped(applied(facts, "taken"), "message_id").items():
        if len(rows) > 1:
            yield f"The mail server took {name} {len(rows)} times."


def unasked(facts: Facts) -> Iterator[str]:
    """Effects that no step asked for: their transaction cannot have been rolled back."""
    steps = {step["idem_key"] for step in facts.steps}
    for effect in applied(facts, "applied"):
        if effect["key"] not in steps:
            yield f"The CRM holds {effect['what']} {effect['key']}, which no step asked for."
