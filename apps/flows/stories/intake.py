"""A customer wrote: understand it, find its orders, route it, or ask a person first."""

from datetime import timedelta

from apps.coordination.flows import FlowRun, OnDead, flow
from apps.flows.events import OrdersWanted, ShopsAsked
from apps.flows.steps import joining, reviewing, routing, understanding
from apps.orders.services.asking import look_up_orders
from apps.review.events import ReviewDecided
from apps.tickets.events import MessageAccepted, MessageReceived
from apps.triage.types import Verdict

SHOPS_MAY_TAKE = timedelta(seconds=15)
"""A ticket waits this long for the shops; what they say later is joined later."""


def is_to_be_worked_on(said: MessageReceived | MessageAccepted) -> bool:
    """Whether a message is taken in; spam waits until somebody accepts it."""
    return isinstance(said, MessageAccepted) or not said.spam


@flow(
    "intake",
    version=1,
    on=(MessageReceived, MessageAccepted),
    on_dead=OnDead.SKIP,
    when=is_to_be_worked_on,
)
def intake(run: FlowRun[MessageReceived]) -> None:
    """Join the ticket with its orders; a first message is understood and routed as well."""
    ticket, message = run.input.ticket_id, run.input.message_id
    wanted = run.transact("find orders", joining.find, ticket_id=ticket, message_id=message)
    if not run.input.first:
        return
    verdict = run.call("classify", understanding.classify, message_id=message)
    label = run.transact(
        "take the verdict",
        understanding.take,
        ticket_id=ticket,
        message_id=message,
        verdict=verdict,
    )
    if wanted:
        run.wait("shops", ShopsAsked, within=SHOPS_MAY_TAKE, message_id=message)
    if not verdict.sure:
        label = ask_a_person(run, verdict)
    run.transact(
        "route",
        routing.route,
        ticket_id=ticket,
        message_id=message,
        verdict=verdict,
        label=label,
    )


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
