"""The panels beside a conversation: customer and runs."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from apps.coordination.models import Run, Step
from apps.coordination.states import RunState, StepState
from apps.core.moments import Moment, moment, span, took
from apps.customers.models import Customer
from apps.customers.states import IdentityKind
from apps.desk.place import Place
from apps.desk.present.looks import STATUS, Look
from apps.desk.present.people import Face, face
from apps.desk.present.rows import readable
from apps.tickets.models import Ticket
from apps.tickets.states import TicketStatus


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One line of name and value."""

    name: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Other:
    """Another ticket of the same customer."""

    url: str
    status: Look
    subject: str
    at: Moment


KINDS: dict[str, str] = {
    IdentityKind.EMAIL: "Mail",
    IdentityKind.PHONE: "Phone",
    IdentityKind.SHOP: "Shop",
    IdentityKind.CRM: "CRM",
}


@dataclass(frozen=True, kw_only=True)
class CustomerView:
    """Who asks."""

    name: str
    tier: str
    face: Face
    since: str
    facts: list[Fact]
    others: list[Other]


def customer_view(
    customer: Customer, others: list[Ticket], place: Place, *, at: datetime
) -> CustomerView:
    """Show a customer; their identities are already there."""
    names: dict[str, list[str]] = {}
    for identity in customer.identities.all():
        names.setdefault(KINDS.get(identity.kind, identity.kind), []).append(identity.value)
    facts = [Fact(name=kind, value=", ".join(values)) for kind, values in names.items()]
    if customer.company:
        facts.insert(0, Fact(name="Company", value=customer.company))
    if customer.language:
        facts.append(Fact(name="Language", value=customer.language))
    return CustomerView(
        name=customer.name,
        tier="" if customer.tier == "standard" else customer.get_tier_display().capitalize(),
        face=face(customer.name),
        since=f"known since {customer.created_at:%B %Y}",
        facts=facts,
        others=[other(ticket, place, at=at) for ticket in others],
    )


def other(ticket: Ticket, place: Place, *, at: datetime) -> Other:
    """Show another ticket as one line."""
    return Other(
        url=place.ticket_url(ticket.pk),
        status=STATUS[TicketStatus(ticket.status)],
        subject=ticket.subject,
        at=moment(ticket.updated_at, at=at),
    )


RUNS = {
    RunState.READY: Look(slug="ready", name="due", icon="clock", tone="tone-accent"),
    RunState.RUNNING: Look(
        slug="running", name="running", icon="loader-circle", tone="tone-accent"
    ),
    RunState.WAITING: Look(slug="waiting", name="waiting", icon="clock", tone="tone-warn"),
    RunState.IN_DOUBT: Look(
        slug="in_doubt", name="in doubt", icon="circle-question-mark", tone="tone-bad"
    ),
    RunState.DEAD: Look(slug="dead", name="stopped", icon="circle-x", tone="tone-bad"),
    RunState.DONE: Look(slug="done", name="finished", icon="circle-check", tone="tone-good"),
    RunState.CANCELLED: Look(slug="cancelled", name="given up", icon="circle-slash"),
}

STEPS = {
    StepState.STARTED: Look(
        slug="started", name="started", icon="loader-circle", tone="tone-accent"
    ),
    StepState.DONE: Look(slug="done", name="done", icon="check", tone="tone-good"),
    StepState.FAILED: Look(slug="failed", name="failed", icon="x", tone="tone-bad"),
    StepState.IN_DOUBT: Look(
        slug="in_doubt", name="in doubt", icon="circle-question-mark", tone="tone-bad"
    ),
}


@dataclass(frozen=True, kw_only=True)
class StepView:
    """One step of a run."""

    name: str
    state: str
    icon: str
    tone: str
    took: str
    detail: str
    failed: bool


@dataclass(frozen=True, kw_only=True)
class RunView:
    """One run of a flow on this ticket."""

    id: int
    name: str
    state: Look
    at: Moment
    open: bool
    steps: list[StepView]
    waits_for: str
    error: str
    url: str


def run_view(run: Run, *, at: datetime, link: bool) -> RunView:
    """Show a run; the ones that are not finished stand open."""
    state = RunState(run.state)
    finished = state in (RunState.DONE, RunState.CANCELLED)
    return RunView(
        id=run.pk,
        name=f"{readable(run.flow)}",
        state=RUNS[state],
        at=moment(run.created_at, at=at),
        open=not finished,
        steps=[step_view(step) for step in run.steps.all()],
        waits_for=waits_for(run, at=at) if state in (RunState.WAITING, RunState.READY) else "",
        error=run.error if state in (RunState.DEAD, RunState.IN_DOUBT, RunState.READY) else "",
        url=reverse("admin:coordination_run_change", args=[run.pk]) if link else "",
    )


def step_view(step: Step) -> StepView:
    """Show a step: how long it took, or what is wrong with it."""
    look = STEPS[StepState(step.state)]
    length = took(step.finished_at - step.started_at) if step.finished_at else ""
    tries = f"try {step.attempts}" if step.attempts > 1 else ""
    return StepView(
        name=step.name,
        state=look.name,
        icon=look.icon,
        tone=look.tone,
        took=", ".join(word for word in (tries, length) if word),
        detail=step.error[:300],
        failed=step.state in (StepState.FAILED, StepState.IN_DOUBT),
    )


def waits_for(run: Run, *, at: datetime) -> str:
    """Say what an unfinished run waits for."""
    left = (run.due_at - at).total_seconds() if run.due_at else 0
    within = f", at most {span(left)} more" if left >= 1 else ""
    if run.waits_for:
        events = " or ".join(spaced(name) for name in run.waits_for)
        return f"waits for {events}{within}"
    return f"goes on in {span(left)}" if left >= 1 else "goes on at once"


def spaced(name: str) -> str:
    """An event's name as words: ``ReviewDecided`` is review decided."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
