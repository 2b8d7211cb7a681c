"""Quarantine: mails that wait for a person, and deciding about one, some or all of a reason."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from apps.accounts.http import person
from apps.channels.admin.telling import tell_outcomes
from apps.channels.admin.words import Row, filters, group_views, rows, wording
from apps.channels.queries.quarantine import groups, groups_of, held, page
from apps.channels.services.quarantining import decide_quarantined
from apps.channels.services.settling import take_in_soon
from apps.channels.types import Group, Held, Sieve, Verdict
from apps.core.admin.deciding import DecisionDesk
from apps.core.admin.orders import Order


class Quarantine(DecisionDesk[Held, Verdict]):
    """The pages under ``/admin/channels/receivedmail/quarantine/``."""

    has_view_permission: Any

    name, thing, token = "Quarantine", "mail", "mail"
    operates = "channels.change_receivedmail"
    listed, decides = "admin:channels_quarantine", "admin:channels_quarantine_decide"
    template = "mails/quarantine"
    sieve, seen, verdicts = Sieve, Held, Verdict
    batch = 100

    filters = staticmethod(filters)
    group_views = staticmethod(group_views)
    groups_of = staticmethod(groups_of)
    wording = staticmethod(wording)

    def may_look(self, request: HttpRequest) -> bool:
        """Who may see received mail may see what is held of it."""
        return bool(self.has_view_permission(request))

    def groups(self, sieve: Sieve, *, at: datetime) -> Sequence[Group]:
        """How many are held, by reason, inbox and day."""
        return groups()

    def rows(self, sieve: Sieve, *, at: datetime, after: str) -> tuple[Sequence[Row], str]:
        """One page of them, the latest first."""
        found = page(sieve, after=after)
        return rows(found.mails, at=at), found.after

    def every(self, sieve: Sieve, *, at: datetime) -> list[Held]:
        """All that pass, as they stand now."""
        return held(sieve)

    def carry_out(
        self, request: HttpRequest, order: Order[Held, Verdict], some: list[Held]
    ) -> Order[Held, Verdict]:
        """Decide about each in its own transaction; what is processed again goes on at once."""
        by, at = person(request), timezone.now()
        done = decide_quarantined(verdict=order.verdict, mails=some, by=by, why=order.why, at=at)
        if order.verdict is Verdict.AGAIN:
            take_in_soon(mail_ids=done.decided)
        ids = done.decided
        return order.after(decided=len(ids), refused=done.refused, done=ids)

    def tell_decided(self, request: HttpRequest, order: Order[Held, Verdict]) -> None:
        """Say what became of those that were processed again."""
        if order.verdict is Verdict.AGAIN:
            tell_outcomes(request, order.done)
        else:
            super().tell_decided(request, order)
