"""I1, I4: whatever was answered 2xx is there, with its inbox row, once."""

from collections.abc import Iterator

from tests.drill.facts import Facts, Row, grouped

FILED = ("ticket", "reply")
WRITES = {"note": "note", "reply": "outgoing"}


def answered(facts: Facts) -> list[Row]:
    """What the clients were told is safe."""
    return [entry for entry in facts.asked if entry["kind"] == "acknowledged"]


def lost(facts: Facts) -> Iterator[str]:
    """What was acknowledged and is not there."""
    inbox = grouped(facts.inbox, "external_id")
    mails = {mail["id"]: mail for mail in facts.mails}
    filed = grouped(
        (mail for mail in facts.mails if mail["outcome"] in FILED), "message_id_header"
    )
    for entry in answered(facts):
        key, what = entry["key"], entry["what"]
        if what != "solve" and not inbox.get(key):
            yield f"{what} {key} was acknowledged and has no inbox row."
        elif what == "mail":
            yield from lost_mail(entry, inbox[key][0], mails, filed)
    yield from lost_writes(facts)


def lost_writes(facts: Facts) -> Iterator[str]:
    """Notes, replies and tickets that were acknowledged and are not there."""
    messages = {message["id"]: message for message in facts.messages}
    tickets = {ticket["id"]: ticket for ticket in facts.tickets}
    for entry in answered(facts):
        key, what = entry["key"], entry["what"]
        if what in WRITES:
            message = messages.get(entry["id"])
            if not message or (message["ticket_id"], message["kind"]) != (
                entry["ticket"],
                WRITES[what],
            ):
                yield f"{what} {key} was acknowledged and is not on ticket {entry['ticket']}."
        elif what in ("ticket", "solve"):
            ticket = tickets.get(entry["id"])
            if not ticket:
                yield f"{what} {key} was acknowledged; there is no ticket {entry['id']}."
            elif what == "solve" and ticket["status"] != "solved":
                yield f"{key}: ticket {ticket['id']} was solved and is {ticket['status']}."


def lost_mail(
    entry: Row, taken_in: Row, mails: dict[int, Row], filed: dict[str, list[Row]]
) -> Iterator[str]:
    """A mail is stored, decided, and filed on the ticket that it answers."""
    key, mail = entry["key"], mails.get(taken_in["answer"]["mail_id"])
    if mail is None:
        yield f"Mail {key} was acknowledged and is not stored."
    elif mail["outcome"] == "received":
        yield f"Mail {key} was never decided."
    elif not filed.get(entry["message_id"]):
        yield f"Mail {key} ended as {mail['outcome']}, and no copy of it is filed."
    elif entry["ticket"] and filed[entry["message_id"]][0]["ticket_id"] != entry["ticket"]:
        yield f"Mail {key} is not on ticket {entry['ticket']}, which it answers."


def repeated(facts: Facts) -> Iterator[str]:
    """What was asked under one key and is there more than once, acknowledged or not."""
    for name, rows in grouped(facts.inbox, "source", "external_id").items():
        if len(rows) > 1:
            yield f"{name} has {len(rows)} inbox rows."
    incoming = [one for one in facts.messages if one["kind"] == "incoming"]
    written = [one for one in facts.messages if one["kind"] != "incoming"]
    drilled = [one for one in facts.tickets if one["subject"].startswith("Drill ")]
    sums = {
        "Message": grouped((m for m in incoming if m["message_id_header"]), "message_id_header"),
        "Text": grouped((m for m in written if m["text"].startswith("Said by")), "text"),
        "Ticket": grouped(drilled, "subject"),
        "Filed mail": grouped(
            (m for m in facts.mails if m["outcome"] in FILED), "message_id_header"
        ),
    }
    for what, groups in sums.items():
        for name, rows in groups.items():
            if len(rows) > 1:
                yield f"{what} {name} is there {len(rows)} times."
