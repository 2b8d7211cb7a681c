"""Stories still tell what runs of their version remember: else a deploy would park those runs.

`make golden` records the histories of versions that have none; recorded ones are never changed.
"""

import os
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.test import override_settings
from django.utils import timezone

from apps.channels.services.receiving import store_mail
from apps.coordination.flows import FlowRun
from apps.coordination.models import Run, Step
from apps.coordination.registry import registry
from apps.core.errors import OutcomeUnknown
from apps.crm.models import Connection
from apps.orders.models import Shop
from apps.review.models import Review
from apps.review.services import decide_review
from apps.tickets.services.changing import change_status
from apps.tickets.services.conversing import receive_message, write_reply
from apps.tickets.services.spam import clear_spam, mark_spam
from apps.tickets.services.withdrawing import withdraw_reply
from apps.tickets.types import NewAttachment, NewMessage
from tests.make.clamd import Clamd
from tests.make.engine import drain
from tests.make.escalation import targets
from tests.make.histories import GOLDEN, Changed, History, read, remembered, retell, told_by
from tests.make.mails import inbox, mail
from tests.make.passing import time_passes
from tests.make.tickets import customer, person, team, ticket
from tests.make.triage import live_model

RECORD = os.environ.get("GOLDEN") == "record"
PRODUCT = {
    key for key, flow in registry.flows.items() if flow.story.__module__.startswith("apps.")
}
KEPT = [read(path) for path in sorted(GOLDEN.glob("*.json"))]
LONG_AGO = "2020-01-01T00:00:00Z"
ODD = "The quick brown fox recites the periodic table to a lighthouse."

each_history = pytest.mark.parametrize("history", KEPT, ids=lambda kept: kept.path.stem)


def asked(text: str = "Could you tell me the status of my order A-1001 and when it will ship?"):
    live_model()
    Shop.objects.create(slug="sample", name="Sample", adapter="sample")
    made = ticket(text=text, subject="Status of my order")
    drain()
    return made


def somebody_decides() -> None:
    asked(ODD)
    review = Review.objects.get()
    decide_review(review_id=review.pk, label="refund", by=person("reviewer"), at=timezone.now())


def nobody_decides() -> None:
    asked(ODD)
    Step.objects.filter(name="decision").update(due_at=LONG_AGO)
    Run.objects.filter(flow="intake").update(due_at=LONG_AGO)


def spam_meanwhile() -> None:
    mark_spam(ticket_id=asked(ODD).pk, by=person(), at=timezone.now())


def another_message() -> None:
    made = asked(ODD)
    Run.objects.filter(flow="intake").update(state="cancelled")
    said = {"message": NewMessage(text="I mean order A-1001"), "at": timezone.now()}
    receive_message(ticket_id=made.pk, customer_id=made.customer_id, **said)


def mail_comes() -> None:
    inbox()
    store_mail(raw=mail(), source="command", at=timezone.now())


def acknowledged_mail_comes() -> None:
    inbox(acknowledgement="We have it.")
    store_mail(raw=mail(date=""), source="command", at=timezone.now())


def mail_is_ignored() -> None:
    inbox()
    store_mail(raw=mail(precedence="bulk"), source="command", at=timezone.now())


def spam_is_cleared() -> None:
    made = ticket(is_spam=True)
    clear_spam(ticket_id=made.pk, by=person(), at=timezone.now())


def reply_leaves() -> None:
    write_reply(ticket_id=ticket().pk, text="Soon.", by=person(), key="k", at=timezone.now())


def held_reply_leaves() -> None:
    held = {"text": "Soon.", "by": person(), "key": "k", "hold_seconds": 15}
    write_reply(ticket_id=ticket().pk, at=timezone.now(), **held)
    drain()
    time_passes(timedelta(seconds=16))


def reply_is_taken_back() -> None:
    held_by = person()
    held = {"text": "Soon.", "by": held_by, "key": "k", "hold_seconds": 15}
    written = write_reply(ticket_id=ticket().pk, at=timezone.now(), **held)
    drain()
    withdraw_reply(message_id=written.pk, by=held_by, at=timezone.now())


def file_is_checked() -> None:
    with Clamd() as scanner, override_settings(CLAMD_URL=scanner.url):
        file = NewAttachment(name="a.txt", content_type="text/plain", data=b"fine")
        ticket(message=NewMessage(text="Look", attachments=(file,)))
        drain()


def reply_in_doubt() -> None:
    reply_leaves()
    sending = Run.objects.get(flow="send reply")
    unknown = OutcomeUnknown(destination="mail", cause="silence")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("apps.channels.services.sending.hand_over", raising(unknown))
        drain()
    assert Run.objects.get(pk=sending.pk).state == "in_doubt"


def raising(error: Exception) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def solved_with_a_crm() -> None:
    Connection.objects.create(slug="books", name="Books", adapter="sample")
    made = ticket(customer=customer("ada@home.example", name="Ada"))
    drain()
    change_status(ticket_id=made.pk, status="solved", at=timezone.now())


def late_then_solved() -> None:
    targets()
    lead = team(lead=person("lead"))
    late = ticket(at=timezone.now() - timedelta(hours=9), team_id=lead.pk)
    drain()
    change_status(ticket_id=late.pk, status="solved", at=timezone.now())


SCENARIOS: dict[tuple[str, str], Callable[[], object]] = {
    ("intake", "a clear message"): asked,
    ("intake", "somebody decides"): somebody_decides,
    ("intake", "nobody decides"): nobody_decides,
    ("intake", "it is spam meanwhile"): spam_meanwhile,
    ("intake", "another message"): another_message,
    ("withdraw reviews of spam", "one is open"): spam_meanwhile,
    ("ask a shop", "an order is found"): asked,
    ("take in", "a mail becomes a ticket"): mail_comes,
    ("take in", "an acknowledged mail becomes a ticket"): acknowledged_mail_comes,
    ("take in", "a mail is ignored"): mail_is_ignored,
    ("acknowledge what is no spam", "somebody said so"): spam_is_cleared,
    ("send reply", "it leaves"): reply_leaves,
    ("send reply", "it leaves after a hold"): held_reply_leaves,
    ("send reply", "it is taken back"): reply_is_taken_back,
    ("scan files", "one file"): file_is_checked,
    ("tell of a parked reply", "in doubt"): reply_in_doubt,
    ("tell the CRM of a new ticket", "one CRM"): solved_with_a_crm,
    ("tell the CRM of a solution", "one CRM"): solved_with_a_crm,
    ("leave a note", "one CRM"): solved_with_a_crm,
    ("watch promises", "late, then solved"): late_then_solved,
    ("tell the lead", "by mail"): late_then_solved,
}


@pytest.mark.django_db
@pytest.mark.parametrize(("flow", "of"), SCENARIOS, ids=", ".join)
def test_what_a_flow_does_is_what_was_recorded_of_its_version(flow, of, settings, tmp_path):
    settings.EMAIL_BACKEND = "apps.channels.adapters.outbox.OutboxBackend"
    settings.EMAIL_FILE_PATH = tmp_path

    SCENARIOS[flow, of]()
    drain()

    told = remembered(Run.objects.filter(flow=flow, state="done").latest("pk"), of=of)
    if RECORD:
        told.keep()
    assert told.path.exists(), f"{told.path.name} is missing: record it with `make golden`."
    assert told.shape == read(told.path).shape


@each_history
def test_a_story_still_tells_what_its_runs_remember(history):
    retell(history)


def test_every_version_of_every_flow_has_a_history():
    assert {(kept.flow, kept.version) for kept in KEPT} >= PRODUCT


def test_no_history_is_of_a_version_that_is_gone():
    """Remove a version with its histories, once no unfinished run needs it (check_versions)."""
    assert {(kept.flow, kept.version) for kept in KEPT} <= PRODUCT


def history_of(flow: str, of: str, version: int) -> History:
    (found,) = (each for each in KEPT if (each.flow, each.of, each.version) == (flow, of, version))
    return found


def weigh(*, mail_id: int) -> None:
    return


def one_step(run: FlowRun, name: str = "decide", **more: int) -> None:
    run.transact(name, weigh, mail_id=run.input.mail_id, **more)


def with_another_value(run: FlowRun) -> None:
    run.transact("decide", weigh, mail_id=run.input.mail_id + 1)


def with_one_step_more(run: FlowRun) -> None:
    one_step(run)
    one_step(run, "and tell")


def count(*, mail_id: int) -> int:
    return mail_id


def with_another_result(run: FlowRun) -> None:
    run.transact("decide", count, mail_id=run.input.mail_id)


def as_another_kind(run: FlowRun) -> None:
    run.wait("decide")


def without_steps(_: FlowRun) -> None:
    return


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (partial(one_step, name="judge"), "the story says judge, the run remembers decide."),
        (with_another_value, "the run remembers decide with other values."),
        (with_one_step_more, "The story tells 'and tell' where it used to end."),
        (as_another_kind, "the run remembers decide with other values."),
        (with_another_result, "1 validation error for int"),
        (without_steps, "the story no longer tells decide."),
    ],
)
def test_a_story_that_changed_without_a_new_version_is_noticed(story, said):
    history = history_of("take in", "a mail becomes a ticket", 1)
    changed = told_by(registry.find("take in", 1), story)

    with pytest.raises(Changed) as noticed:
        retell(history, flow=changed)

    assert said in str(noticed.value)
    assert str(noticed.value).endswith("and record the new one with `make golden`.")
