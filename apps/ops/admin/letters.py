"""The dead-letter desk: what waits for an operator, and deciding about one, some or all of it."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.http import person
from apps.core.sieves import counted, query, total
from apps.ops.admin.orders import BATCH, Order, read_order, read_sieve
from apps.ops.present.asking import ask, said
from apps.ops.present.letters import rows
from apps.ops.present.sieves import filters, group_views
from apps.ops.queries.letters import MOST, groups, groups_of, page
from apps.ops.services.deciding import decide_letters
from apps.ops.types import Sieve

PLACE = {
    "name": "Dead letters",
    "base": "admin/operators/base.html",
    "thing": "run",
    "order": "admin/operators/_order.html",
    "group": "admin/operators/_meant.html",
}
"""What the pages of an order are told of where they stand."""
DECIDE = "admin:coordination_run_decide"


class LetterDesk:
    """The pages under ``/admin/coordination/run/dead-letters/``."""

    admin_site: AdminSite
    opts: Any
    message_user: Any

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Who may decide about parked runs."""
        return person(request).has_perm("coordination.change_run")

    def admit(self, request: HttpRequest) -> None:
        """Refuse who may not decide."""
        if not self.has_operate_permission(request):
            raise PermissionDenied

    def letters_view(self, request: HttpRequest) -> HttpResponse:
        """What waits, by how it stopped; each row opens."""
        self.admit(request)
        at, sieve = timezone.now(), read_sieve(request.GET)
        known = groups(before=sieve.before(at))
        matching = total(known, sieve)
        found = page(sieve, at=at, after=request.GET.get("after", ""))
        context = {
            "title": "Dead letters",
            "sieve": sieve,
            "filters": filters(known, sieve),
            "groups": group_views(known, sieve),
            "rows": rows(found, at=at),
            "matching": counted(matching, most=MOST),
            "most": MOST if matching > MOST else 0,
            "sieving": bool(query(sieve)),
            "older": query(sieve, after=found.after) if found.after else "",
            "first": query(sieve) if request.GET.get("after") else None,
        }
        return self.page(request, "operators/letters", context)

    def decide_view(self, request: HttpRequest) -> HttpResponse:
        """Decide about what a form names; asks first when a reason lacks or many are meant."""
        self.admit(request)
        order = read_order(request, at=timezone.now()) if request.method == "POST" else None
        if order is None or not order.letters:
            if request.method == "POST":
                self.message_user(request, "Choose at least one run first.", messages.WARNING)
            return self.go_back(request)
        if not order.is_clear:
            return self.order_page(request, "asking", order)
        done = decide_letters(
            verdict=order.verdict, letters=order.letters[:BATCH], by=person(request), why=order.why
        )
        left = order.after(done.decided, done.refused)
        if left.letters:
            return self.order_page(request, "going_on", left)
        self.tell(request, left)
        return self.go_back(request)

    def tell(self, request: HttpRequest, order: Order) -> None:
        """Say what came of an order."""
        if order.decided:
            self.message_user(request, said(order.verdict, order.decided), messages.SUCCESS)
        for sentence in order.reasons:
            self.message_user(request, sentence, messages.WARNING)
        if (more := order.unmoved - len(order.reasons)) > 0:
            rest = f"{more:,} more were left as they are, for reasons like these."
            self.message_user(request, rest, messages.WARNING)

    def order_page(self, request: HttpRequest, name: str, order: Order) -> HttpResponse:
        """A page that asks about an order, or goes on with it."""
        sieve = read_sieve(request.POST)
        asking = ask(order.verdict, len(order.letters))
        context = {
            "title": asking.title if name == "asking" else "Deciding",
            "asking": asking,
            "groups": group_views(groups_of(order.letters), Sieve()) if name == "asking" else [],
            "order": order,
            "reasons": "\n".join(order.reasons),
            "sieve": sieve,
            "back": self.address(sieve),
            "place": PLACE | {"decide": reverse(DECIDE)},
        }
        return self.page(request, f"deciding/{name}", context)

    def go_back(self, request: HttpRequest) -> HttpResponse:
        """To the dead letters as they were looked at."""
        return HttpResponseRedirect(self.address(read_sieve(request.POST)))

    def address(self, sieve: Sieve) -> str:
        """Where these dead letters are."""
        words = query(sieve)
        return reverse("admin:coordination_run_letters") + (f"?{words}" if words else "")

    def page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        """One page for operators."""
        whole = self.admin_site.each_context(request) | {"opts": self.opts} | context
        whole["is_nav_sidebar_enabled"] = False
        return render(request, f"admin/{name}.html", whole)
