"""A model that changes its mind: what it said first counts, wherever the process dies."""

import pytest

from apps.coordination import runtime
from apps.coordination.models import Attempt, Event, Run, Step
from apps.review.models import Review
from apps.routing.models import RoutingDecision
from apps.triage.models import Classification
from apps.triage.services import classifying
from apps.triage.services.classifying import classify_text
from tests.make.hosted import Hosted
from tests.make.plug import Plug, Way, dies, every_pull
from tests.make.tickets import ticket
from tests.make.triage import live_model

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
LONG_AGO = "2020-01-01T00:00:00Z"
TEXT = "Please send me the invoice as a PDF."


class Fickle(Hosted):
    """Agrees with the local model, and the next time it does not, and so on."""

    def handle(self, request):
        self.says = {"evidence": "the invoice", "needs_person": False}
        self.label = ("Invoice", "Refund")[len(self.asked) % 2]
        return super().handle(request)


@pytest.fixture
def fickle(httpserver, settings):
    live_model()
    classify_text(subject="", text=TEXT)  # whatever is read once is read before anybody dies
    settings.SUPPORTCOORD_CLASSIFIER, settings.OPENAI_API_KEY = "openai", "sk-test"
    settings.OPENAI_BASE_URL = httpserver.url_for("/v1")
    settings.COORDINATION_HINTS = False
    return Fickle(httpserver)


def somebody_asks():
    """A ticket whose intake is next."""
    made = ticket(text=TEXT, subject="Invoice")
    earlier = Run.objects.filter(pk__lt=intake_of(made).pk, serial_key=made.stream)
    for run in earlier.order_by("pk"):
        runtime.advance(run_id=run.pk)
    return made


def intake_of(made):
    return Run.objects.get(flow="intake", serial_key=made.stream)


def go_on(made):
    """What a worker does; with a connection to the model that nobody used before."""
    classifying._hosted.cache_clear()
    runtime.advance(run_id=intake_of(made).pk)


def lose_the_worker():
    """Its lease is over, and so is each pause before another try."""
    Run.objects.filter(state="running").update(lease_until=LONG_AGO, due_at=LONG_AGO)
    Run.objects.filter(state="ready").update(due_at=LONG_AGO)


def recorded(made):
    """What the run remembers of the model's answer, if it does."""
    steps = Step.objects.filter(run=intake_of(made), name="classify", state="done")
    return steps.values_list("output", flat=True).first()


def acted_upon(made):
    """What became of the answer: on the ticket, in the record, for the rules or for a person."""
    made.refresh_from_db()
    kept = Classification.objects.get(ticket=made)
    routed = RoutingDecision.objects.filter(ticket=made).values_list("facts__label", flat=True)
    log = Event.objects.filter(stream=made.stream, type="LabelChanged")
    asked = Review.objects.filter(ticket=made).values_list("suggested", flat=True)
    return {
        "kept": (kept.label, kept.sure),
        "label": made.label,
        "said": list(log.values_list("payload__new", flat=True)),
        "routed": list(routed),
        "asked a person": list(asked),
    }


def what_follows(verdict):
    """What an answer must lead to."""
    label, sure = verdict["label"], verdict["sure"]
    return {
        "kept": (label, sure),
        "label": label if sure else "",
        "said": [label] if sure else [],
        "routed": [label] if sure else [],
        "asked a person": [] if sure else [label],
    }


def test_i19_a_ticket_goes_where_the_recorded_answer_says_wherever_it_crashes(fickle):
    wrong, verdicts, recorded_before = [], [], 0
    for plug in every_pull(*Way):
        made = somebody_asks()
        if not dies(lambda made=made: go_on(made), plug):
            break
        before, asked = recorded(made), len(fickle.asked)
        lose_the_worker()
        go_on(made)
        if before is not None:
            recorded_before += 1
            wrong += (
                [plug.number] if (recorded(made), len(fickle.asked)) != (before, asked) else []
            )
        wrong += [] if acted_upon(made) == what_follows(recorded(made)) else [acted_upon(made)]
        verdicts.append(recorded(made)["sure"])

    assert wrong == []
    assert set(verdicts) == {True, False}
    assert recorded_before >= 2


def test_i19_the_answer_of_an_attempt_that_was_never_recorded_is_asked_for_again(fickle):
    made = somebody_asks()
    answer_recorded = Plug(3, Way.DIES_BEFORE)

    assert dies(lambda: go_on(made), answer_recorded)
    assert recorded(made) is None
    lose_the_worker()
    go_on(made)

    assert [asked.fence for asked in Attempt.objects.order_by("number")] == [1, 3]
    assert len(fickle.asked) == 2
    assert recorded(made)["sure"] is False
    assert acted_upon(made) == what_follows(recorded(made))
