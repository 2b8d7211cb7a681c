"""The dead-letter desk: what waits for an operator, and deciding about one, some or all of it."""

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpRequest

from apps.accounts.http import person
from apps.core.admin.deciding import DecisionDesk
from apps.core.admin.orders import Order
from apps.ops.present.asking import wording
from apps.ops.present.letters import Row, rows
from apps.ops.present.sieves import filters, group_views
from apps.ops.queries.letters import groups, groups_of, letters, page
from apps.ops.services.deciding import decide_letters
from apps.ops.types import Group, Letter, Sieve, Verdict


class LetterDesk(DecisionDesk[Letter, Verdict]):
    """The pages under ``/admin/coordination/run/dead-letters/``; each row opens."""

    name, thing, token = "Dead letters", "run", "letter"
    operates = "coordination.change_run"
    listed, decides = "admin:coordination_run_letters", "admin:coordination_run_decide"
    template = "operators/letters"
    sieve, seen, verdicts = Sieve, Letter, Verdict
    batch = 250

    filters = staticmethod(filters)
    group_views = staticmethod(group_views)
    groups_of = staticmethod(groups_of)
    every = staticmethod(letters)
    wording = staticmethod(wording)

    def groups(self, sieve: Sieve, *, at: datetime) -> Sequence[Group]:
        """How many lie there, by how they stopped."""
        return groups(before=sieve.before(at))

    def rows(self, sieve: Sieve, *, at: datetime, after: str) -> tuple[Sequence[Row], str]:
        """One page of them, with what their outsides were told."""
        found = page(sieve, at=at, after=after)
        return rows(found, at=at), found.after

    def carry_out(
        self, request: HttpRequest, order: Order[Letter, Verdict], some: list[Letter]
    ) -> Order[Letter, Verdict]:
        """Decide about each in its own transaction."""
        by, verdict = person(request), order.verdict
        done = decide_letters(verdict=verdict, letters=some, by=by, why=order.why)
        return order.after(decided=done.decided, refused=done.refused)
