"""Guarantee: a review is decided once, however many press at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.utils import timezone

from apps.coordination.events import start_run
from apps.coordination.flows import FlowRun, flow
from apps.coordination.models import Event, Run, Step
from apps.core.errors import IllegalMove
from apps.review.events import ReviewDecided
from apps.review.services import claim_next, decide_review, expire_review
from tests.make.engine import drain, only_run
from tests.make.review import review, reviewer
from tests.make.stories import close

heard: list[ReviewDecided | None] = []


@flow("ask in a test", version=1)
def ask_in_a_test(run: FlowRun[None]) -> None:
    """Wait for a person, as every asking flow does."""
    heard.append(run.wait("decision", ReviewDecided, within=timedelta(hours=4)))


def together(*presses):
    """Do these at the same moment, each on its own connection."""
    gate = Barrier(len(presses))

    def press(one):
        gate.wait()
        try:
            return one()
        except IllegalMove as error:
            return error
        finally:
            close()

    with ThreadPoolExecutor(len(presses)) as pool:
        return list(pool.map(press, presses))


@pytest.mark.django_db(transaction=True)
def test_of_two_reviewers_at_once_one_wins():
    asked, at = review(), timezone.now()
    ada, grace = reviewer(), reviewer()

    answers = together(
        lambda: decide_review(review_id=asked.pk, label="refund", by=ada, at=at),
        lambda: decide_review(review_id=asked.pk, label="delivery", by=grace, at=at),
    )

    lost = [answer for answer in answers if isinstance(answer, IllegalMove)]
    assert len(lost) == 1
    assert Event.objects.filter(type="ReviewDecided").count() == 1
    asked.refresh_from_db()
    (won,) = (answer for answer in answers if answer not in lost)
    assert (asked.decided_by, asked.decided_label) == (won.decided_by, won.decided_label)


@pytest.mark.django_db(transaction=True)
def test_a_decision_and_the_end_of_its_time_agree_on_what_happened():
    asked, at, ada = review(), timezone.now(), reviewer()

    decided, expired = together(
        lambda: decide_review(review_id=asked.pk, label="delivery", by=ada, at=at),
        lambda: expire_review(review_id=asked.pk, at=at),
    )

    asked.refresh_from_db()
    if asked.status == "corrected":
        assert expired.label == "delivery"
    else:
        assert (asked.status, expired) == ("expired", None)
        assert isinstance(decided, IllegalMove)
    assert Event.objects.filter(type__in=["ReviewDecided", "ReviewExpired"]).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_for_the_next_review_at_once_get_different_ones():
    review(), review()
    at, ada, grace = timezone.now(), reviewer(), reviewer()

    taken = together(lambda: claim_next(by=ada, at=at), lambda: claim_next(by=grace, at=at))

    assert len({one.pk for one in taken}) == 2


@pytest.mark.django_db
def test_the_waiting_flow_hears_of_a_decision_at_once():
    heard.clear()
    asked = review()
    start_run(flow="ask in a test", key=f"ticket:{asked.ticket_id}")
    drain()
    assert only_run(flow="ask in a test").state == "waiting"

    decide_review(review_id=asked.pk, label="delivery", by=reviewer(), at=timezone.now())
    woken = Run.objects.get(flow="ask in a test")
    drain()

    assert (woken.signals, woken.due_at <= timezone.now()) == (1, True)
    assert only_run(flow="ask in a test").state == "done"
    assert heard == [
        ReviewDecided(
            ticket_id=asked.ticket_id, review_id=asked.pk, label="delivery", outcome="corrected"
        )
    ]
    assert Step.objects.get(name="decision", run__flow="ask in a test").state == "done"
