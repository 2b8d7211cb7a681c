"""The judge of the mail drill: each mail has one outcome, each reply at most one copy."""

from collections import Counter
from collections.abc import Iterator

from tests.drill.checker import Finding, Kind
from tests.drill.facts import Row, grouped
from tests.drill.mail.facts import Facts
from tests.drill.mail.letters import IMAP

UNDERWAY = ("", "queued", "sending", "in_doubt")


def judge(facts: Facts) -> list[Finding]:
    """Every broken promise that can be seen."""
    return [Finding(kind, said) for kind, check in CHECKS for said in check(facts)]


def of_kind(rows: list[Row], kind: str) -> list[Row]:
    """Entries of a journal."""
    return [row for row in rows if row["kind"] == kind]


def letter_of(entry: Row) -> str:
    """The mail that a delivery carries."""
    return str(entry["key"]).partition("/")[0]


def deliveries(facts: Facts) -> Iterator[str]:
    """Deliveries that the world brought to no end: then nothing can be said about them."""
    begun = {letter.key: len(letter.doors) for letter in facts.letters}
    brought = Counter(letter_of(entry) for entry in of_kind(facts.post, "begun"))
    for key, times in begun.items():
        if brought[key] != times:
            yield f"Mail {key} was brought {brought[key]} times, and was to be {times} times."


def lost_at_the_doors(facts: Facts) -> Iterator[str]:
    """Mails that a mail server was told are safe, or that lay in the mailbox, and are not here."""
    known = {mail["id"]: mail for mail in facts.mails}
    names = {letter.key: letter.name for letter in facts.letters}
    for entry in of_kind(facts.post, "answered"):
        if entry["code"] != 250:
            continue
        mail, key = known.get(entry["mail_id"]), letter_of(entry)
        if mail is None or mail["recipient"] != entry["to"]:
            yield f"Mail {key} was told to be mail {entry['mail_id']}, and is not."
        elif mail["message_id_header"] != names[key]:
            yield f"Mail {entry['mail_id']} is {mail['message_id_header']} and not {names[key]}."
    places = places_taken(facts)
    for entry in of_kind(facts.post, "placed"):
        if not places.get(entry["place"]):
            yield f"Mail {letter_of(entry)} lies in the mailbox and was never taken."


def places_taken(facts: Facts) -> dict[str, list[Row]]:
    """The mails of the mailbox, by validity and number."""
    there = [mail for mail in facts.mails if mail["source"] == IMAP]
    return grouped(
        ({**mail, "place": ":".join(mail["origin"].split(":")[-2:])} for mail in there), "place"
    )


def one_outcome(facts: Facts) -> Iterator[str]:
    """Mails that have none, or a wrong one."""
    taken = taken_in(facts)
    rows = grouped(facts.mails, "message_id_header")
    for letter in facts.letters:
        first = [mail for mail in rows.get(letter.name, ()) if mail["outcome"] != "duplicate"]
        if not first:
            if letter.key in taken:
                yield f"Mail {letter.key} has no outcome."
        elif first[0]["outcome"] not in letter.outcomes:
            yield f"Mail {letter.key} ({letter.kind}) became {first[0]['outcome']}."
    for mail in facts.mails:
        if mail["outcome"] == "received":
            yield f"Mail {mail['id']} was never decided."


def taken_in(facts: Facts) -> set[str]:
    """The mails that a door said yes to."""
    answers = (entry for entry in of_kind(facts.post, "answered") if entry["code"] == 250)
    return {letter_of(entry) for entry in (*answers, *of_kind(facts.post, "placed"))}


def second_outcomes(facts: Facts) -> Iterator[str]:
    """Mails that count twice, and copies of nothing."""
    known = {mail["id"]: mail for mail in facts.mails}
    for name, mails in grouped(facts.mails, "message_id_header").items():
        first = [mail for mail in mails if mail["outcome"] != "duplicate"]
        if len(first) > 1:
            yield f"{name} has {len(first)} outcomes: {[mail['outcome'] for mail in first]}."
        for copy in (mail for mail in mails if mail["outcome"] == "duplicate"):
            original = known.get(copy["duplicate_of_id"])
            if original is None or original["message_id_header"] != name:
                yield f"Mail {copy['id']} is a copy of {copy['duplicate_of_id']}, which it is not."


def more_than_was_sent(facts: Facts) -> Iterator[str]:
    """Mails that nobody handed over so often."""
    names, handed = {letter.name: letter.key for letter in facts.letters}, times_handed(facts)
    for name, mails in grouped(facts.mails, "message_id_header").items():
        if name not in names:
            yield f"Nobody sent {name}."
        elif len(mails) > handed[names[name]]:
            yield f"{name} came {handed[names[name]]} times and is stored {len(mails)} times."
    for place, mails in places_taken(facts).items():
        if len(mails) > 1:
            yield f"Mail {place} of the mailbox was taken {len(mails)} times."


def times_handed(facts: Facts) -> Counter[str]:
    """How often each mail may have been stored at most: each try counts, answered or not."""
    handed = Counter(letter_of(entry) for entry in of_kind(facts.post, "placed"))
    for entry in of_kind(facts.post, "handing"):
        handed[letter_of(entry)] += len(entry["to"])
    return handed


def messages_of_mails(facts: Facts) -> Iterator[str]:
    """Mails on tickets without a message, and messages that no mail brought, or two."""
    incoming = [message for message in facts.messages if message["kind"] == "incoming"]
    filed = {mail["message_id"]: mail for mail in facts.mails if mail["message_id"]}
    for message in incoming:
        mail = filed.get(message["id"])
        if mail is None or mail["ticket_id"] != message["ticket_id"]:
            yield f"Message {message['id']} stands on a ticket, and no mail brought it."
    for name, messages in grouped(incoming, "message_id_header").items():
        if len(messages) > 1:
            yield f"{name} stands on tickets {len(messages)} times."
    for number in filed.keys() - {message["id"] for message in incoming}:
        yield f"Mail {filed[number]['id']} is filed as message {number}, which is not there."


def marked_in_the_mailbox(facts: Facts) -> Iterator[str]:
    """Mails that are gone from the mailbox, or that were not marked there in the end."""
    placed = {int(entry["place"].split(":")[1]) for entry in of_kind(facts.post, "placed")}
    for number in sorted(placed - facts.flags.keys()):
        yield f"Mail {number} is gone from the mailbox, and nobody said to delete any."
    for number, flags in facts.flags.items():
        if "\\Seen" not in flags:
            yield f"Mail {number} of the mailbox was never marked as seen."


def lost_replies(facts: Facts) -> Iterator[str]:
    """Replies that were acknowledged and are not there, or that are not done with."""
    written = grouped((m for m in facts.messages if m["kind"] == "outgoing"), "id")
    for entry in of_kind(facts.agents, "wrote"):
        if not written.get(entry["message_id"]):
            yield f"The answer to {entry['key']} was acknowledged and is not there."
    answered = {entry["key"] for entry in of_kind(facts.agents, "wrote")}
    for letter in facts.letters:
        if letter.answered and letter.key not in answered:
            yield f"Nobody could answer {letter.key}."
    for message in outgoing(facts):
        if message["delivery"] in UNDERWAY:
            yield f"Reply {message['id']} was left {message['delivery'] or 'unsent'}."


def outgoing(facts: Facts) -> list[Row]:
    """All replies."""
    return [message for message in facts.messages if message["kind"] == "outgoing"]


def repeated_replies(facts: Facts) -> Iterator[str]:
    """Replies that were written twice, and copies that nobody asked for."""
    for text, messages in grouped(outgoing(facts), "text").items():
        if len(messages) > 1:
            yield f"Reply {text!r} is there {len(messages)} times."
    asked = Counter(
        entry["message_id"]
        for entry in of_kind(facts.agents, "pressed")
        if entry["button"] == "again" and not entry["said"].startswith("refused")
    )
    names = {m["message_id_header"]: m["id"] for m in outgoing(facts) if m["message_id_header"]}
    taken = grouped(of_kind(facts.office, "taken"), "message_id", "to")
    for (name, to), copies in taken.items():
        if name not in names:
            yield f"The mail server took {name}, which is no reply of ours."
        elif len(copies) > 1 + asked[names[name]]:
            yield f"{to} got {name} {len(copies)} times; sent again: {asked[names[name]]} times."


def told_wrongly(facts: Facts) -> Iterator[str]:
    """Replies that count as sent and were never seen, and the other way round."""
    pressed = grouped(of_kind(facts.agents, "pressed"), "message_id")
    taken = grouped(of_kind(facts.office, "taken"), "message_id")
    wanted = {e["message_id"]: set(e["to"]) for e in of_kind(facts.agents, "wrote")}
    gone = {entry["to"] for entry in of_kind(facts.office, "refused")}
    for message in outgoing(facts):
        number, copies = message["id"], taken.get(message["message_id_header"], [])
        buttons = [one["button"] for one in pressed.get(number, ())]
        reached = {entry["to"] for entry in copies}
        if message["delivery"] == "sent":
            missed = wanted.get(number, set()) - reached - gone
            if (not reached or missed) and "arrived" not in buttons:
                yield f"Reply {number} counts as sent; {sorted(missed)} never got it."
        elif message["delivery"] == "failed" and copies and "again" not in buttons:
            yield f"Reply {number} counts as failed; {sorted(reached)} got it."


def at_rest(facts: Facts) -> Iterator[str]:
    """Runs that still could go on, or that stopped for another reason than a reply's doubt."""
    for run in facts.runs:
        yield f"Run {run['id']} ({run['flow']}) is {run['state']} {run['error_code']}".strip()


CHECKS = (
    (Kind.LOST, deliveries),
    (Kind.LOST, lost_at_the_doors),
    (Kind.LOST, one_outcome),
    (Kind.REPEATED, second_outcomes),
    (Kind.REPEATED, more_than_was_sent),
    (Kind.LOST, messages_of_mails),
    (Kind.LOST, marked_in_the_mailbox),
    (Kind.LOST, lost_replies),
    (Kind.REPEATED, repeated_replies),
    (Kind.LOST, told_wrongly),
    (Kind.LOST, at_rest),
)
