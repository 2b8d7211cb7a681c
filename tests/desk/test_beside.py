"""The panels beside a conversation: customer, orders with their age, why, runs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.coordination.models import Run, Step
from apps.customers.services import find_or_create_customer
from apps.escalation.services import check_promises
from apps.orders.services.mirroring import upsert_order
from apps.tickets.services.changing import mention_order
from apps.tickets.services.conversing import write_reply
from apps.triage.services.recording import record_classification
from apps.triage.types import Verdict
from tests.make.crm import contact, note
from tests.make.escalation import targets
from tests.make.orders import facts, shop
from tests.make.review import review
from tests.make.routing import routed, rule, test_of
from tests.make.tickets import customer, team, ticket

pytestmark = pytest.mark.django_db


def page_of(desk, made) -> str:
    return " ".join(desk.get(f"/tickets/{made.pk}/").content.decode().split())


def mirrored(**fields) -> None:
    shop("eu", name="EU shop")
    upsert_order(facts=facts(**fields), at=timezone.now())


def test_the_customers_orders_stand_beside_the_ticket(desk):
    made = ticket(customer=customer("ada@home.example"))
    mirrored()

    page = page_of(desk, made)

    assert "A-1042" in page
    assert "2 \N{MULTIPLICATION SIGN} Mug" in page
    assert "29.00 EUR" in page
    assert "ordered 22 Nov 2026 · EU shop, asked" in page


def test_an_order_of_somebody_else_comes_with_a_warning(desk):
    made = ticket(customer=customer("eve@home.example"))
    mirrored()
    mention_order(
        ticket_id=made.pk, source="eu", number="A-1042", belongs=False, at=timezone.now()
    )

    page = page_of(desk, made)

    assert "This order belongs to somebody else." in page
    assert "Named by the customer and found in eu." in page


def test_a_tracking_link_leads_to_the_web_or_nowhere(desk):
    made = ticket(customer=customer("ada@home.example"))
    mirrored(carrier="DHL", tracking_number="123", tracking_url="javascript:alert(1)")

    page = page_of(desk, made)

    assert "DHL · 123" in page
    assert "javascript:" not in page


def test_the_routing_tells_each_rule_and_why_it_did_or_did_not_match(desk):
    returns, made = team("Returns desk"), ticket()
    rule(test_of("label", "is", "refund"), name="Refunds", team_id=returns.pk)
    rule(test_of("label", "is", "delivery"), name="Parcels", priority=4)
    routed(made, label="refund", confidence=0.97)

    page = page_of(desk, made)

    assert "2 rules looked at" in page
    assert "Refunds (version 1)" in page
    assert "Matched (gave the team)" in page
    assert "Did not match: " in page
    assert "Returns desk" in page


def test_a_review_tells_what_was_suggested_and_why_a_person_was_asked(desk):
    asked = review(reasons=("The two best labels are too close.",))

    page = page_of(desk, asked.ticket)

    assert "waits for a person" in page
    assert "Suggested was Refund." in page
    assert "The two best labels are too close." in page


def test_other_tickets_of_the_customer_are_one_click_away(desk):
    ada = find_or_create_customer(value="ada@home.example", name="Ada Byron")
    made, other = ticket(customer=ada), ticket(customer=ada, subject="An older matter")

    page = page_of(desk, made)

    assert f'href="/tickets/{other.pk}/"' in page
    assert "An older matter" in page


def stopped_run(made) -> None:
    """A run that did one step and failed at the next."""
    common = {"version": 1, "key_seq": 1, "input": {}, "due_at": None}
    run = Run.objects.create(flow="tidy_up", serial_key=made.stream, state="dead", **common)
    now = timezone.now()
    shared = {"run": run, "kind": "call", "input_hash": "", "fence": 1}
    then = now - timedelta(seconds=2)
    done = {"state": "done", "started_at": then, "finished_at": now}
    failed = {"state": "failed", "attempts": 3, "error": "HTTP 503 from crm.example"}
    Step.objects.create(name="classify", position=0, **shared, **done)
    Step.objects.create(name="push note", position=1, **shared, **failed)


def test_runs_tell_their_steps_and_what_went_wrong(desk):
    made = ticket()
    stopped_run(made)

    page = page_of(desk, made)

    assert "<strong>Tidy up</strong>" in page
    assert ">stopped</span>" in page
    assert "2.0 s" in page
    assert "try 3" in page
    assert "HTTP 503 from crm.example" in page


def test_the_verdict_tells_how_sure_the_model_was_and_what_came_second(desk):
    made = ticket()
    record_classification(
        key="run 1:classify",
        ticket_id=made.pk,
        message_id=made.messages.get().pk,
        verdict=Verdict(
            label="refund",
            confidence=0.938,
            runner_up="return_request",
            runner_up_confidence=0.04,
            language="en",
            urgency="high",
            sure=True,
            reasons=("Both heads agree.",),
            model="local 3",
        ),
        at=timezone.now(),
    )

    page = page_of(desk, made)

    assert "Both heads agree." in page
    assert '<progress max="100" value="94"' in page
    assert "Return request" in page
    assert "Language en, urgency high, said by local 3." in page


def test_a_late_ticket_says_so_in_the_list_and_on_its_page(desk):
    targets()
    made = ticket(at=timezone.now() - timedelta(hours=9))
    check_promises(at=timezone.now())

    listed = " ".join(desk.get("/").content.decode().split())
    page = page_of(desk, made)

    assert "7h late</span>" in listed
    assert "First response" in page
    assert "The priority went from normal to high." in page


def test_a_promise_that_is_days_away_does_not_stand_in_the_list(desk, ada):
    targets()
    made = ticket()
    write_reply(ticket_id=made.pk, text="Soon.", by=ada, key="r", at=timezone.now())

    listed = desk.get("/", {"status": "any"}).content.decode()

    assert "chip chip-line" not in listed
    assert ">2d</span>" in page_of(desk, made)


def test_what_the_crm_knows_and_got_stands_beside_the_ticket(desk):
    made = ticket(customer=customer("ada@home.example"))
    place = contact(email="ada@home.example", name="Ada Lovelace")
    note(place, about=made.stream)

    page = page_of(desk, made)

    assert "Ada Lovelace at HUB" in page
    assert "Engines" in page
    assert "“Ticket opened” is on its way to HUB" in page
