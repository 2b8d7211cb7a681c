"""A morning's trouble on the sample desk, for pictures: what stopped, and a CRM that is away."""

from datetime import datetime, timedelta
from itertools import count

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.channels.models import Inbox, Mailbox, ReceivedMail
from apps.channels.services.receiving import store_mail
from apps.coordination.events import acting, publish
from apps.coordination.models import Attempt, Breaker, Run, Step
from apps.coordination.types import RunParked, RunTriedAgain
from apps.tickets.models import Ticket
from tests.make.imap import PASSWORD, USER
from tests.make.letters import letter

REFUSED = "The CRM answered 422: the property “lifecycle_stage” does not exist."
AWAY = "The CRM does not answer: connection refused."
HELD = "crm:sample is left alone for 28 s after repeated failures."
SILENT = "Step send: whether smtp did it is not known. No answer within 15 s of the last byte."
TRACE = """Traceback (most recent call last):
  File "apps/coordination/runtime.py", line 101, in tell
    flow.story(FlowRun(turn, decode(flow.input_type, claim.input)))
  File "apps/flows/stories/telling_crm.py", line 38, in leave_a_note
    contact = run.call(
apps.core.web.Broken: {error}
"""


def lay_out(*, imap_port: int) -> None:
    """Stop some runs of the first tickets, each in its own way; hold mails; break a mailbox."""
    hold_mails()
    read_mailboxes(imap_port)
    now, tickets = timezone.now(), list(Ticket.objects.order_by("pk")[:12])
    for place, ticket in enumerate(tickets[:7]):
        refused(ticket, now - timedelta(minutes=9 + 31 * place))
    for place, ticket in enumerate(tickets[7:9]):
        in_doubt(ticket, now - timedelta(minutes=4 + 20 * place))
    tried_for_hours(tickets[9], now - timedelta(hours=5))
    for ticket in tickets[10:]:
        run = stopped(ticket, "tell the CRM of a solution", "ready", "breaker_open", HELD, now)
        Run.objects.filter(pk=run.pk).update(due_at=now + timedelta(days=1))
    for name, failures, seconds in (("crm:sample", 8, 88), ("smtp", 2, None)):
        Breaker.objects.create(
            destination=name,
            failures=failures,
            open_until=seconds and now + timedelta(seconds=seconds),
            last_error=AWAY if seconds else "421 Too many connections, come back later.",
        )


def stopped(ticket: Ticket, flow: str, state: str, code: str, error: str, begun: datetime) -> Run:
    """A run that stopped."""
    return Run.objects.create(
        flow=flow,
        version=1,
        serial_key=ticket.stream,
        key_seq=1,
        state=state,
        error_code=code,
        error=error,
        trace=TRACE.format(error=error),
        input={"ticket_id": ticket.pk, "message_id": ticket.pk},
        created_at=begun,
        due_at=None,
        attempts=1,
        fence=1,
    )


def remember(run: Run, position: int, name: str, at: datetime, **fields: object) -> Step:
    """A step of it."""
    known = {"kind": "transact", "state": "done", "fence": 1, "input_hash": "", "finished_at": at}
    return Step.objects.create(
        run=run, position=position, name=name, started_at=at, **known | fields
    )


def ask(
    run: Run, position: int, name: str, at: datetime, where: str, request: object, tries: list
) -> None:
    """A call of it: each time (seconds after ``at``, for how long, turn, outcome, error)."""
    outcome = tries[-1][3]
    step = remember(
        run, position, name, at, kind="call", destination=where, attempts=len(tries),
        idem_key=f"{run.pk}:{name}", fence=tries[-1][2], state=outcome,
        output={"id": "1207"} if outcome == "done" else None,
        finished_at=at + timedelta(seconds=sum(tries[-1][:2])) if outcome == "done" else None,
    )  # fmt: skip
    for number, (after, length, fence, said, error) in enumerate(tries, 1):
        begun = at + timedelta(seconds=after)
        Attempt.objects.create(
            step=step, number=number, fence=fence, request=request, outcome=said, error=error,
            started_at=begun, finished_at=length and begun + timedelta(seconds=length),
        )  # fmt: skip


def park(run: Run, at: datetime, where: str) -> None:
    """It lies there since."""
    Run.objects.filter(pk=run.pk).update(parked_at=at, destination=where)
    facts = {"key": run.serial_key, "run_id": run.pk, "flow": run.flow, "state": run.state}
    with acting(at=at):
        event = RunParked(error_code=run.error_code, **facts)
        publish(event, actor=f"flow:{run.flow}", why=run.error)


def refused(ticket: Ticket, begun: datetime) -> None:
    """The CRM says no to a note."""
    run = stopped(ticket, "tell the CRM of a solution", "dead", "crm_refused", REFUSED, begun)
    contact = {"connection": "sample", "email": ticket.customer.email, "api_token": "hidden"}
    remember(run, 1, "who asks", begun + timedelta(seconds=0.1))
    at = begun + timedelta(seconds=0.2)
    ask(run, 2, "contact", at, "crm:sample", contact, [(0, 0.4, 1, "failed", REFUSED)])
    park(run, begun + timedelta(seconds=1), "crm:sample")


def in_doubt(ticket: Ticket, begun: datetime) -> None:
    """A reply may have left."""
    run = stopped(ticket, "send reply", "in_doubt", "in_doubt", SILENT, begun)
    remember(run, 1, "begin", begun + timedelta(seconds=0.1))
    at = begun + timedelta(seconds=0.2)
    ask(run, 2, "send", at, "smtp", {"message_id": 7}, [(0, 15, 1, "in_doubt", "timed out")])
    park(run, begun + timedelta(seconds=16), "smtp")


def tried_for_hours(ticket: Ticket, begun: datetime) -> None:
    """Retries, a worker that was lost, a person who let it run again, and no end."""
    katrin = User.objects.get(username="katrin")
    run = stopped(ticket, "tell the CRM of a new ticket", "dead", "system_down", AWAY, begun)
    contact = {"connection": "sample", "email": ticket.customer.email, "api_token": "hidden"}
    tries = [(0, 0.1, 1, "failed", AWAY), (3, None, 2, "", ""), (40, 0.6, 4, "done", "")]
    remember(run, 1, "who asks", begun + timedelta(seconds=0.1))
    ask(run, 2, "contact", begun + timedelta(seconds=0.2), "crm:sample", contact, tries)
    remember(run, 3, "remember contact", begun + timedelta(seconds=41), fence=4)
    tries = [(0, 0.1, 4), (840, 10, 5), (9000, 2, 6)]
    failed = [(*when, "failed", AWAY) for when in tries]
    note = begun + timedelta(seconds=42)
    ask(run, 4, "push note", note, "crm:sample", {"note": 12}, failed)
    park(run, note + timedelta(seconds=851), "crm:sample")
    again = RunTriedAgain(key=run.serial_key, run_id=run.pk, flow=run.flow)
    with acting(at=note + timedelta(seconds=8990)):
        publish(again, actor=f"user:{katrin.pk}", why="They say that it is well again.")
    park(run, note + timedelta(seconds=9003), "crm:sample")


HELD = {
    "Brake: 20 mails of this sender came within 10 minutes.": (
        "alerts@parcels.example",
        ["Parcel 88-201 was scanned", "Parcel 88-202 was scanned", "Parcel 88-203 was scanned"],
    ),
    "It names no sender that could be answered.": ("", ["Wrong size, please help"]),
    "There is nothing in it: no subject, no text, no file.": ("noor@home.example", [""]),
    "The mail is larger than 25 MB, which is the most that is taken in. "
    "It stays in INBOX of support at imap.juniper-pine.example: open it there.": (
        "lena.h@home.example",
        ["Photos of the torn tent"],
    ),
}


@transaction.atomic
def hold_mails() -> None:
    """Put some mails into quarantine, each for a reason of its own."""
    inbox, now = Inbox.objects.get(is_default=True), timezone.now()
    hours = count(1)
    for reason, (sender, subjects) in HELD.items():
        for subject in subjects:
            at = now - timedelta(hours=7 * next(hours))
            text = (
                "Hello,\n\nthe tent tore at the seam on its first night. Photos are below.\n\nLena"
            )
            raw = letter(text, subject=subject, sender=sender or "nobody")
            mail = store_mail(raw=raw, inbox_address=inbox.address, source="imap", at=at)
            ReceivedMail.objects.filter(pk=mail.pk).update(
                outcome="quarantined", reason=reason, sender=sender, subject=subject,
                decided_at=at, attempts=1,
            )  # fmt: skip


def read_mailboxes(port: int) -> None:
    """The inbox is read from two accounts of a server; the password of one is wrong."""
    inbox = Inbox.objects.get(is_default=True)
    inbox.from_name, inbox.form_slug = "Juniper & Pine", "help"
    inbox.signature = "Juniper & Pine\nOutdoor gear, mended for life"
    inbox.acknowledgement = "Hello,\n\nwe have your mail. Its number is {number}."
    inbox.save()
    known = {"inbox": inbox, "host": "localhost", "port": port, "security": "plain"}
    Mailbox.objects.create(username=USER, password=PASSWORD, **known)
    Mailbox.objects.create(username="orders@juniper-pine.example", password="old", **known)
