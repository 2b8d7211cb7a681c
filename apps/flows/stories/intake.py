"""A customer wrote: understand it, find its orders, route it, or ask a person first."""

from datetime import timedelta
from typing import TypeAlias

from apps.coordination.flows import FlowRun, OnDead, flow
from apps.flows.events import OrdersWanted, ShopsAsked
from apps.flows.steps import joining, reviewing, routing, understanding
from apps.orders.services.asking import look_up_orders
from apps.review.events import ReviewDecided, ReviewWithdrawn
from apps.tickets.events import (
    MessageAccepted,
    MessageReceived,
    MessageTakenUpAgain,
    SpamChanged,
)
from apps.triage.types import Verdict

SHOPS_MAY_TAKE = timedelta(seconds=15)
"""A ticket waits this long for the shops; what they say later is joined later."""


Said: TypeAlias = MessageReceived | MessageAccepted | MessageTakenUpAgain


def is_to_be_worked_on(said: Said) -> bool:
    """Whether a message is taken in; spam waits until somebody accepts it."""
    return not (isinstance(said, MessageReceived) and said.spam)


@flow(
    "intake",
    version=2,
    on=(MessageReceived, MessageAccepted, MessageTakenUpAgain),
    on_dead=OnDead.SKIP,
    when=is_to_be_worked_on,
)
def intake(run: FlowRun[MessageReceived]) -> None:
    """Join the ticket with its orders; a first message is understood and routed as well.

    It ends where the ticket is called spam, and begins again when somebody says that it is none.
    """
    if verdict := understand(run):
        label = (verdict.label or "") if verdict.sure else ask_unless_spam(run, verdict)
        if label is not None:
            route(run, verdict, label)


@flow(
    "intake",
    version=1,
    on=(MessageReceived, MessageAccepted),
    on_dead=OnDead.SKIP,
    when=is_to_be_worked_on,
)
def intake_of_spam_too(run: FlowRun[MessageReceived]) -> None:
    """The same, which asks about a ticket that is called spam meanwhile."""
    if verdict := understand(run):
        label = (verdict.label or "") if verdict.sure else ask_a_person(run, verdict)
        route(run, verdict, label)


def understand(run: FlowRun[MessageReceived]) -> Verdict | None:
    """Join a message with its orders; of a first one the verdict is returned."""
    ticket, message = run.input.ticket_id, run.input.message_id
    wanted = run.transact("find orders", joining.find, ticket_id=ticket, message_id=message)
    if not run.input.first:
        return None
    verdict = run.call("classify", understanding.classify, message_id=message)
    run.transact(
        "take the verdict",
        understanding.take,
        ticket_id=ticket,
        message_id=message,
        verdict=verdict,
    )
    if wanted:
        run.wait("shops", ShopsAsked, within=SHOPS_MAY_TAKE, message_id=message)
    return verdict


def route(run: FlowRun[MessageReceived], verdict: Verdict, label: str) -> None:
    """Send the ticket where the rules say."""
    run.transact(
        "route",
        routing.route,
        ticket_id=run.input.ticket_id,
        message_id=run.input.message_id,
        verdict=verdict,
        label=label,
    )


def ask_unless_spam(run: FlowRun[MessageReceived], verdict: Verdict) -> str | None:
    """Open a review and wait for it; None once the ticket is spam, else the label or nothing."""
    ticket, message = run.input.ticket_id, run.input.message_id
    asked = run.transact(
        "ask a person",
        reviewing.ask_unless_spam,
        ticket_id=ticket,
        message_id=message,
        verdict=verdict,
    )
    decision = wait_for(run, asked) if isinstance(asked, int) else asked
    if asked is None or isinstance(decision, ReviewWithdrawn):
        return None
    return run.transact(
        "take the decision", reviewing.take, ticket_id=ticket, decision=decision, verdict=verdict
    )


def wait_for(run: FlowRun[MessageReceived], review: int) -> ReviewDecided | ReviewWithdrawn | None:
    """What became of a review; None when nobody decided in time."""
    kinds: tuple[type[ReviewDecided | ReviewWithdrawn], ...] = (ReviewDecided, ReviewWithdrawn)
    return run.wait(
        "decision", *kinds, within=reviewing.PATIENCE, review_id=review
    ) or run.transact("take the question back", reviewing.take_back, review_id=review)


def ask_a_person(run: FlowRun[MessageReceived], verdict: Verdict) -> str:
    """Open a review and wait for it; returns the decided label, or nothing."""
    ticket, message = run.input.ticket_id, run.input.message_id
    review = run.transact(
        "ask a person", reviewing.ask, ticket_id=ticket, message_id=message, verdict=verdict
    )
    decision = run.wait(
        "decision", ReviewDecided, within=reviewing.PATIENCE, review_id=review
    ) or run.transact("take the question back", reviewing.take_back, review_id=review)
    return run.transact(
        "take the decision", reviewing.take, ticket_id=ticket, decision=decision, verdict=verdict
    )


def is_called_spam(said: SpamChanged) -> bool:
    """Whether it became spam, and not none."""
    return said.new


@flow(
    "withdraw reviews of spam", version=1, on=SpamChanged, on_dead=OnDead.SKIP, when=is_called_spam
)
def withdraw_reviews_of_spam(run: FlowRun[SpamChanged]) -> None:
    """Nobody is asked any more what spam is about."""
    run.transact("withdraw", reviewing.withdraw, ticket_id=run.input.ticket_id)


@flow("ask a shop", version=1, on=OrdersWanted, on_dead=OnDead.SKIP, lane="shop:{shop}")
def ask_a_shop(run: FlowRun[OrdersWanted]) -> None:
    """Look orders up that the mirror does not hold; a shop that is away delays only this."""
    wanted = run.input
    found = run.call("ask", look_up_orders, shop=wanted.shop, numbers=list(wanted.numbers))
    run.transact(
        "join",
        joining.join_found,
        ticket_id=wanted.ticket_id,
        message_id=wanted.message_id,
        shop=wanted.shop,
        found=found,
    )
