"""Why a ticket is where it is: each decision with what it rests on."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from apps.core.moments import moment, whole
from apps.desk.present.rows import readable
from apps.escalation.models import Escalation
from apps.escalation.states import Level, Promise
from apps.review.models import Review
from apps.review.states import ReviewStatus
from apps.routing.models import RoutingDecision
from apps.tickets.models import OrderMention
from apps.tickets.states import Priority
from apps.triage.models import Classification


@dataclass(frozen=True, kw_only=True)
class Meter:
    """A share, drawn."""

    name: str
    percent: int


@dataclass(frozen=True, kw_only=True)
class Tried:
    """One rule, and what became of it."""

    name: str
    matched: bool
    because: str


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One decision."""

    slug: str
    icon: str
    title: str
    value: str = ""
    tone: str = ""
    lines: list[str] = field(default_factory=list)
    meters: list[Meter] = field(default_factory=list)
    tried: list[Tried] = field(default_factory=list)
    tried_title: str = ""


def classification_reason(said: Classification | None) -> list[Reason]:
    """What the model made of the message, how sure it was, and what came second."""
    if said is None:
        return []
    guesses = [(said.label, said.confidence), (said.runner_up, said.runner_up_confidence)]
    meters = [
        Meter(name=readable(label), percent=percent(share))
        for label, share in guesses
        if label and percent(share)
    ]
    spoken = f"Language {said.language}, urgency {said.urgency}, said by {said.model}."
    return [
        Reason(
            slug="classification",
            icon="sparkle",
            title=readable(said.label) or "No label",
            value="sure" if said.sure else "not sure",
            tone="good" if said.sure else "warn",
            lines=[*said.reasons, spoken],
            meters=meters,
        )
    ]


def percent(share: float) -> int:
    """A share in whole per cent; only what is certain is a hundred."""
    return min(round(share * 100), 99) if share < 1 else 100


def escalation_reasons(escalations: list[Escalation]) -> list[Reason]:
    """When a promise was in danger, and what that changed."""
    return [
        Reason(
            slug=f"escalation-{each.pk}",
            icon="bell-ring",
            title=f"{Promise(each.promise).label.capitalize()} was due {whole(each.due_at)}",
            value="late" if each.level == Level.PAST else "near",
            tone="bad" if each.level == Level.PAST else "warn",
            lines=[each.why, raised(each)],
        )
        for each in escalations
    ]


def raised(each: Escalation) -> str:
    """What an escalation did to the priority."""
    new = Priority(each.new_priority).label
    if each.new_priority == each.old_priority:
        return f"The priority stayed {new}."
    return f"The priority went from {Priority(each.old_priority).label} to {new}."


def order_reasons(mentions: list[OrderMention]) -> list[Reason]:
    """Which orders were found in what the customer wrote."""
    return [
        Reason(
            slug=f"order-{mention.pk}",
            icon="package",
            title=mention.number,
            value="verified" if mention.belongs else "somebody else's",
            tone="good" if mention.belongs else "warn",
            lines=[f"Named by the customer and found in {mention.source}."],
        )
        for mention in mentions
    ]


def routing_reason(decisions: list[RoutingDecision]) -> list[Reason]:
    """Where it was sent, and what each rule made of it; earlier routings are counted."""
    if not decisions:
        return []
    latest = decisions[0]
    lines = [latest.because, *latest.kept]
    if len(decisions) > 1:
        lines.append(f"It was routed {len(decisions)} times; this is the last one.")
    tried = [tried_rule(each) for each in latest.tried]
    return [
        Reason(
            slug="routing",
            icon="route",
            title=latest.team.name if latest.team else "No team",
            lines=lines,
            tried=tried,
            tried_title=f"{len(tried)} rule{'' if len(tried) == 1 else 's'} looked at",
        )
    ]


def tried_rule(trial: dict[str, Any]) -> Tried:
    """One rule as the decision recorded it."""
    name = f"{trial['name']} (version {trial['version']})"
    return Tried(name=name, matched=bool(trial["matched"]), because=str(trial["why"]))


REVIEWED = {
    ReviewStatus.OPEN: ("waits for a person", "warn"),
    ReviewStatus.APPROVED: ("approved", "good"),
    ReviewStatus.CORRECTED: ("corrected", "accent"),
    ReviewStatus.REJECTED: ("rejected", "bad"),
    ReviewStatus.EXPIRED: ("nobody looked in time", "warn"),
    ReviewStatus.WITHDRAWN: ("taken back", ""),
}


def review_reasons(reviews: list[Review], *, at: datetime) -> list[Reason]:
    """Which verdicts a person looked at, and what they said."""
    return [review_reason(review, at=at) for review in reviews]


def review_reason(review: Review, *, at: datetime) -> Reason:
    """One review."""
    value, tone = REVIEWED[ReviewStatus(review.status)]
    suggested = review.name_of(review.suggested) or "nothing"
    lines = [f"Suggested was {suggested}.", *review.reasons]
    if review.decided_by and review.decided_at:
        label = review.name_of(review.decided_label)
        decided = f"{review.decided_by} decided {label}".strip() if label else "It was decided"
        lines.append(f"{decided}, {moment(review.decided_at, at=at).phrase}.")
    if review.why:
        lines.append(review.why)
    return Reason(
        slug=f"review-{review.pk}",
        icon="list-checks",
        title="Review",
        value=value,
        tone=tone,
        lines=lines,
    )
