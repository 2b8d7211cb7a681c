"""Quarantine: mails that wait for a person, and deciding about one, some or all of a reason."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.http import person
from apps.channels.admin.orders import BATCH, Order, read_order, read_sieve
from apps.channels.admin.telling import tell_outcomes
from apps.channels.admin.words import ask, filters, group_views, ignored, rows
from apps.channels.queries.quarantine import MOST, groups, groups_of, page
from apps.channels.services.quarantining import decide_quarantined
from apps.channels.services.settling import take_in_soon
from apps.channels.types import Sieve, Verdict
from apps.core.sieves import counted, query, total

PLACE = {
    "name": "Quarantine",
    "base": "admin/mails/base.html",
    "thing": "mail",
    "order": "admin/mails/_order.html",
    "group": "admin/mails/_meant.html",
}
"""What the pages of an order are told of where they stand."""
DECIDE = "admin:channels_quarantine_decide"


class Quarantine:
    """The pages under ``/admin/channels/receivedmail/quarantine/``."""

    admin_site: AdminSite
    opts: Any
    message_user: Any
    has_view_permission: Any

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Who may have a mail processed again, or ignored."""
        return person(request).has_perm("channels.change_receivedmail")

    def quarantine_view(self, request: HttpRequest) -> HttpResponse:
        """What is held and why; who may see received mail may see it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        sieve, known = read_sieve(request.GET), groups()
        matching = total(known, sieve)
        found = page(sieve, after=request.GET.get("after", ""))
        context = {
            "title": "Quarantine",
            "sieve": sieve,
            "filters": filters(known, sieve),
            "groups": group_views(known, sieve),
            "rows": rows(found.mails, at=timezone.now()),
            "matching": counted(matching, most=MOST),
            "most": MOST if matching > MOST else 0,
            "sieving": bool(query(sieve)),
            "older": query(sieve, after=found.after) if found.after else "",
            "first": query(sieve) if request.GET.get("after") else None,
            "may_operate": self.has_operate_permission(request),
        }
        return self.page(request, "mails/quarantine", context)

    def decide_view(self, request: HttpRequest) -> HttpResponse:
        """Decide about what a form names, for who may change received mail.

        Asks first when a reason lacks or many are meant; goes on in batches.
        """
        if not self.has_operate_permission(request):
            raise PermissionDenied
        order = read_order(request) if request.method == "POST" else None
        if order is None or not order.mails:
            if request.method == "POST":
                self.message_user(request, "Choose at least one mail first.", messages.WARNING)
            return self.go_back(request)
        if not order.is_clear:
            return self.order_page(request, "asking", order)
        done = decide_quarantined(
            verdict=order.verdict,
            mails=order.mails[:BATCH],
            by=person(request),
            why=order.why,
            at=timezone.now(),
        )
        if order.verdict is Verdict.AGAIN:
            take_in_soon(mail_ids=done.decided)
        left = order.after(done.decided, done.refused)
        if left.mails:
            return self.order_page(request, "going_on", left)
        self.tell(request, left)
        return self.go_back(request)

    def tell(self, request: HttpRequest, order: Order) -> None:
        """Say what came of an order."""
        if order.verdict is Verdict.AGAIN:
            tell_outcomes(request, order.done)
        elif order.done:
            self.message_user(request, ignored(len(order.done)), messages.SUCCESS)
        for sentence in order.reasons:
            self.message_user(request, sentence, messages.WARNING)
        if (more := order.unmoved - len(order.reasons)) > 0:
            rest = f"{more:,} more were left as they are, for reasons like these."
            self.message_user(request, rest, messages.WARNING)

    def order_page(self, request: HttpRequest, name: str, order: Order) -> HttpResponse:
        """A page that asks about an order, or goes on with it."""
        sieve = read_sieve(request.POST)
        asking = ask(order.verdict, len(order.mails))
        meant = groups_of(order.mails) if name == "asking" else []
        context = {
            "title": asking.title if name == "asking" else "Deciding",
            "asking": asking,
            "groups": group_views(meant, Sieve()),
            "order": order,
            "reasons": "\n".join(order.reasons),
            "sieve": sieve,
            "back": self.address(sieve),
            "place": PLACE | {"decide": reverse(DECIDE)},
        }
        return self.page(request, f"deciding/{name}", context)

    def go_back(self, request: HttpRequest) -> HttpResponse:
        """To the quarantine as it was looked at."""
        return HttpResponseRedirect(self.address(read_sieve(request.POST)))

    def address(self, sieve: Sieve) -> str:
        """Where these mails are."""
        words = query(sieve)
        return reverse("admin:channels_quarantine") + (f"?{words}" if words else "")

    def page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        """One page about mails."""
        whole = self.admin_site.each_context(request) | {"opts": self.opts} | context
        whole["is_nav_sidebar_enabled"] = False
        return render(request, f"admin/{name}.html", whole)
