"""The table of a mail drill, for a screen and for the docs."""

from collections import Counter

from tests.drill.checker import Finding, Kind
from tests.drill.mail.facts import Facts
from tests.drill.mail.judge import of_kind, outgoing
from tests.drill.report import grid, listed, pairs, recoveries
from tests.drill.watch import Struck


def table(facts: Facts, blows: list[Struck], findings: list[Finding], *, seconds: float) -> str:
    """Everything, as Markdown."""
    parts = [grid(("", ""), sums(facts, blows, findings))]
    parts += [grid(*recoveries(blows))]
    parts += [grid(("the mail server", "times"), pairs(manners(facts)))]
    parts += [grid(("what people decided", "times"), pairs(decisions(facts)))]
    return "\n\n".join(parts)


def sums(facts: Facts, blows: list[Struck], findings: list[Finding]) -> list[tuple[str, str]]:
    """What came, what became of it, what left."""
    doors = Counter(entry["door"] for entry in of_kind(facts.post, "begun"))
    handed = sum(len(e["to"]) for e in of_kind(facts.post, "handing"))
    answers = Counter(str(e["code"]) for e in of_kind(facts.post, "answered"))
    outcomes = Counter(mail["outcome"] for mail in facts.mails)
    replies = Counter(message["delivery"] for message in outgoing(facts))
    taken = Counter((e["message_id"], e["to"]) for e in of_kind(facts.office, "taken"))
    copies = Counter(f"{times} copies" if times > 1 else "1 copy" for times in taken.values())
    bad = Counter(str(finding.kind) for finding in findings)
    return [
        ("mails · deliveries", f"{len(facts.letters)} · {listed(doors)}"),
        ("faults injected", f"{len(blows)} blows, {manners(facts).total()} bad answers"),
        ("handed over by LMTP", f"{handed} times; answered {listed(answers)}"),
        ("connections lost at the LMTP door", str(len(of_kind(facts.post, "lost")))),
        ("stored · outcomes", f"{len(facts.mails)} · {listed(outcomes)}"),
        ("replies in the end", f"{replies.total()} ({listed(replies)})"),
        ("ever in doubt · failed", ever(facts)),
        ("reply and recipient: copies", listed(copies)),
        ("**lost, or told wrongly**", f"**{bad[Kind.LOST]}**"),
        ("**repeated**", f"**{bad[Kind.REPEATED]}**"),
        ("**processes that ended by themselves**", f"**{bad[Kind.ENDED]}**"),
    ]


def ever(facts: Facts) -> str:
    """How many replies were in doubt, or failed, at some time."""
    return " · ".join(
        str(len({one["message_id"] for one in facts.changes if one["new"] == state}))
        for state in ("in_doubt", "failed")
    )


def manners(facts: Facts) -> Counter[str]:
    """What the mail server did, other than well."""
    asked = of_kind(facts.office, "asked")
    found = Counter(entry["manner"] for entry in asked if entry["manner"] != "good")
    found["550 for somebody who has gone"] = len(of_kind(facts.office, "refused"))
    return found


def decisions(facts: Facts) -> Counter[str]:
    """Which buttons were pressed, and how that went."""
    was = {e["message_id"]: e["was"] for e in of_kind(facts.agents, "pressing")}
    words = {"arrived": "it arrived", "again": "send again"}
    return Counter(
        f"{was[e['message_id']].replace('_', ' ')}: {words[e['button']]}, {e['said'][:40]}"
        for e in of_kind(facts.agents, "pressed")
    )
