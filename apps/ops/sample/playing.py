"""Plays the stories through the real pipeline: each turn once, whatever happens in between."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.channels.models import ReceivedMail
from apps.channels.services.receiving import store_mail
from apps.channels.states import Source
from apps.coordination.events import acting
from apps.coordination.services.taking_in import remember_answer, take_in
from apps.escalation.queries import promises_of
from apps.escalation.rules import NEAR, PAST
from apps.escalation.services import escalate
from apps.ops.resting import run_to_rest
from apps.ops.sample.clients import Quoted
from apps.ops.sample.letters import Answered, letter, message_id
from apps.ops.sample.scripts import Turn
from apps.review.models import Review
from apps.review.services import decide_review, reject_review
from apps.tickets.models import Message, Ticket
from apps.tickets.services.changing import (
    assign_ticket,
    change_priority,
    change_status,
    set_tags,
)
from apps.tickets.services.conversing import write_note, write_reply
from apps.tickets.states import Priority

SOURCE = "sample"


def once(key: str, do: Callable[[], object]) -> bool:
    """Do something in one transaction with the note that it was done; False when it was before."""
    with transaction.atomic():
        if take_in(source=SOURCE, external_id=key, request=key) is not None:
            return False
        do()
        remember_answer(source=SOURCE, external_id=key, status=200, body=None)
    return True


@dataclass
class Play:
    """One performance of all stories; ``opened_at`` is the moment that "ago" counts from."""

    turns: Sequence[Turn]
    opened_at: datetime
    people: dict[str, User] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.people = {user.username: user for user in User.objects.all()}
        self.clock = self.at(self.turns[0])

    def perform(self) -> None:
        """Play what has not been played yet, up to the present."""
        for turn in self.turns:
            self.play(turn)
        self.wind_up(self.opened_at)

    def play(self, turn: Turn) -> None:
        """Play one turn, and let the engine do what follows from it."""
        self.wind_up(self.at(turn))
        with acting(at=self.clock):
            once(turn.key, lambda: getattr(self, turn.kind)(turn))
            run_to_rest()

    def wind_up(self, to: datetime) -> None:
        """Move the story's clock: whatever promise comes due on the way is escalated then."""
        begun, self.clock = self.clock, to
        tickets = promises_of(Ticket.objects.unfinished().filter(created_at__lt=to))
        due = [
            (moment, ticket_id, clock.promise, level)
            for ticket_id, clocks in tickets.items()
            for clock in clocks
            for moment, level in ((clock.near_at, NEAR), (clock.due_at, PAST))
            if begun < moment <= to
        ]
        for moment, ticket_id, promise, level in sorted(due):
            with acting(at=moment):
                escalate(ticket_id=ticket_id, promise=promise, level=level, at=moment)
                run_to_rest()

    def at(self, turn: Turn) -> datetime:
        """When a turn happens."""
        return self.opened_at - turn.ago

    def turn(self, story: str, number: int) -> Turn:
        """Another turn of the same story."""
        return next(turn for turn in self.turns if (turn.story, turn.number) == (story, number))

    def ticket(self, turn: Turn) -> Ticket:
        """The ticket that the story's first mail became."""
        header = message_id(self.turn(turn.story, 1))
        mails = ReceivedMail.objects.filter(message_id_header=header, ticket__isnull=False)
        ticket = mails.earliest("pk").ticket
        assert ticket  # noqa: S101
        return ticket

    def mail(self, turn: Turn) -> None:
        """A customer's mail arrives."""
        raw = letter(turn, at=self.at(turn), answered=self.answered(turn))
        store_mail(raw=raw, source=Source.COMMAND, at=self.at(turn))

    def again(self, turn: Turn) -> None:
        """The same mail arrives once more."""
        first = self.turn(turn.story, int(turn.fields["Of"]))
        raw = letter(first, at=self.at(first), answered=self.answered(first))
        store_mail(raw=raw, source=Source.COMMAND, at=self.at(turn))

    def answered(self, turn: Turn) -> Answered | None:
        """What a mail answers: a mail of its own writer, or the desk's last reply."""
        if "Follows" in turn.fields:
            own = self.turn(turn.story, int(turn.fields["Follows"]))
            return Answered(message_id=message_id(own))
        if "Quote" not in turn.fields:
            return None
        replies = [
            other
            for other in self.turns
            if other.story == turn.story and other.kind == "reply" and other.number < turn.number
        ]
        reply = replies[-1]
        sent = Message.objects.get(key=key_of(reply))
        quoted = Quoted(text=reply.text, at=self.at(reply))
        return Answered(message_id=sent.message_id_header, quoted=quoted)

    def reply(self, turn: Turn) -> None:
        """An agent answers."""
        write_reply(
            ticket_id=self.ticket(turn).pk,
            text=turn.text,
            status=turn.fields["Status"],
            **self.by_whom(turn),
            key=key_of(turn),
        )

    def note(self, turn: Turn) -> None:
        """An agent leaves a note for the others."""
        write_note(
            ticket_id=self.ticket(turn).pk, text=turn.text, **self.by_whom(turn), key=key_of(turn)
        )

    def change(self, turn: Turn) -> None:
        """Somebody changes what the fields name."""
        fields = turn.fields
        who = self.by_whom(turn) | {
            "ticket_id": self.ticket(turn).pk,
            "why": fields.get("Why", ""),
        }
        if "Owner" in fields:
            assign_ticket(**who, to=self.people[fields["Owner"]])
        if "Priority" in fields:
            change_priority(**who, priority=Priority[fields["Priority"].upper()])
        if "Tags" in fields:
            had = self.ticket(turn).tags.values_list("name", flat=True)
            set_tags(**who, tags=[*had, *fields["Tags"].split(", ")])
        if "Status" in fields:
            change_status(**who, status=fields["Status"])

    def review(self, turn: Turn) -> None:
        """A reviewer decides what the model was not sure of; when it was sure, nothing happens."""
        review = Review.objects.open().filter(ticket=self.ticket(turn)).first()
        if review is None:
            return
        who = self.by_whom(turn) | {"review_id": review.pk, "why": turn.fields.get("Why", "")}
        if "Label" in turn.fields:
            decide_review(**who, label=turn.fields["Label"])
        else:
            reject_review(**who)

    def by_whom(self, turn: Turn) -> dict[str, Any]:
        """Who does it, and when."""
        return {"by": self.people[turn.fields["By"]], "at": self.at(turn)}


def key_of(turn: Turn) -> str:
    """The key under which an agent's message is written once."""
    return f"{SOURCE}:{turn.key}"
