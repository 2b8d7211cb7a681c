"""What the facts mean: each rule looks at one trouble, and says what is wrong and what to do."""

from apps.ops.doctor.rules import engine, mail, server, work
from apps.ops.doctor.types import Facts, Finding, Rule

RULES: tuple[Rule, ...] = (
    engine.broker,
    engine.hints,
    engine.coordinator,
    work.stalled,
    engine.backlog,
    work.missing,
    work.parked,
    work.held_back,
    work.losing,
    engine.breakers,
    server.connections,
    server.transactions,
    server.clock,
    mail.collector,
    mail.mailboxes,
    mail.missing,
    mail.lmtp,
    mail.lost,
    mail.undecided,
    mail.quarantine,
    mail.default,
    engine.retention,
    engine.classifier,
    engine.scanner,
    server.bloat,
)


def findings(facts: Facts) -> list[Finding]:
    """All that is not well, what needs a person first."""
    found = [finding for rule in RULES for finding in rule(facts)]
    return sorted(found, key=lambda finding: not finding.urgent)
