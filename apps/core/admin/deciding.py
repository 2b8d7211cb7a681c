"""A desk: a list of what waits for a person, and deciding about one, some or all of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Generic

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from apps.core.admin import reason
from apps.core.admin.orders import Order, T, V, Wording, read_order, read_seen
from apps.core.sieves import (
    MOST,
    Counted,
    Filter,
    GroupView,
    counted,
    query,
    read_sieve,
    total,
    words_of,
)


class DecisionDesk(Generic[T, V]):
    """Pages beside a model's own: ``list_view`` and ``decide_view``, for ``get_urls`` to place.

    A desk names what follows, and says what waits and how it is decided.
    """

    admin_site: AdminSite
    opts: Any
    message_user: Any

    name: str
    thing: str
    """What people call one of them."""
    token: str
    """What a form calls one that was ticked; those that a page carries on have an s."""
    operates: str
    """The permission to decide."""
    listed: str
    decides: str
    """The names of the two addresses."""
    template: str
    sieve: type[Any]
    seen: type[T]
    verdicts: type[V]
    batch: int
    """So many are decided within one request; the page goes on by itself."""

    def groups(self, sieve: Any, *, at: datetime) -> Sequence[Counted]:
        """How many wait, by the words of the filters."""
        raise NotImplementedError

    def rows(self, sieve: Any, *, at: datetime, after: str) -> tuple[Sequence[Any], str]:
        """One page of those that pass, each with its ``id`` and ``seen``; the place behind it."""
        raise NotImplementedError

    def every(self, sieve: Any, *, at: datetime) -> list[T]:
        """All that pass, as they stand now."""
        raise NotImplementedError

    def groups_of(self, chosen: list[T]) -> Sequence[Counted]:
        """How many of these there are, by what they have in common."""
        raise NotImplementedError

    def filters(self, groups: Sequence[Any], sieve: Any) -> list[Filter]:
        """What can be chosen."""
        raise NotImplementedError

    def group_views(self, groups: Sequence[Any], sieve: Any) -> list[GroupView]:
        """The largest groups that pass, in words."""
        raise NotImplementedError

    def wording(self, verdict: V, count: int) -> Wording:
        """What is asked before so many are decided, and said afterwards."""
        raise NotImplementedError

    def carry_out(self, request: HttpRequest, order: Order[T, V], some: list[T]) -> Order[T, V]:
        """Decide about some of an order, and return what is left of it."""
        raise NotImplementedError

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Who may decide."""
        return request.user.has_perm(self.operates)

    def may_look(self, request: HttpRequest) -> bool:
        """Who may see what waits: whoever may decide, unless a desk shows it to more."""
        return self.has_operate_permission(request)

    def list_view(self, request: HttpRequest) -> HttpResponse:
        """What waits, and why."""
        if not self.may_look(request):
            raise PermissionDenied
        at, sieve = timezone.now(), read_sieve(self.sieve, request.GET)
        known, after = self.groups(sieve, at=at), request.GET.get("after", "")
        matching = total(known, sieve)
        rows, older = self.rows(sieve, at=at, after=after)
        context = {
            "title": self.name,
            "words": words_of(sieve),
            "filters": self.filters(known, sieve),
            "groups": self.group_views(known, sieve),
            "rows": rows,
            "matching": counted(matching),
            "most": MOST if matching > MOST else 0,
            "older": query(sieve, after=older) if older else "",
            "first": query(sieve) if after else None,
            "may_operate": self.has_operate_permission(request),
        }
        return self.page(request, self.template, context)

    def decide_view(self, request: HttpRequest) -> HttpResponse:
        """Decide about what a form names; asks first when a reason lacks or many are meant."""
        if not self.has_operate_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self.go_back(request)
        order = self.read_order(request)
        if order is None:
            lacking = f"Choose at least one {self.thing} first."
            self.message_user(request, lacking, messages.WARNING)
            return self.go_back(request)
        wording = self.wording(order.verdict, len(order.things))
        if not order.is_clear(wording):
            groups = self.group_views(self.groups_of(order.things), self.sieve())
            context = {"title": wording.title, "wording": wording, "groups": groups}
            return self.order_page(request, "deciding/asking", order, context)
        left = self.carry_out(request, order, order.things[: self.batch])
        if left.things:
            return self.order_page(request, "deciding/going_on", left, {"title": "Deciding"})
        self.tell(request, left)
        return self.go_back(request)

    def read_order(self, request: HttpRequest) -> Order[T, V] | None:
        """The order that was posted; None when it names no verdict, or nothing to decide about."""
        form = request.POST
        every = form.get("verdict_all", "")
        verdict = every or form.get("verdict", "")
        if verdict not in set(self.verdicts):
            return None
        if every:
            things = self.every(read_sieve(self.sieve, form), at=timezone.now())
        else:
            things = read_seen(form, self.seen, self.token)
        chosen = self.verdicts(verdict)
        order = read_order(form, verdict=chosen, things=things, why=reason(request))
        return order if things else None

    def tell(self, request: HttpRequest, order: Order[T, V]) -> None:
        """Say what came of an order."""
        self.tell_decided(request, order)
        for sentence in order.reasons:
            self.message_user(request, sentence, messages.WARNING)
        if (more := order.unmoved - len(order.reasons)) > 0:
            rest = f"{more:,} more were left as they are, for reasons like these."
            self.message_user(request, rest, messages.WARNING)

    def tell_decided(self, request: HttpRequest, order: Order[T, V]) -> None:
        """Say how many were decided."""
        if order.decided:
            said = self.wording(order.verdict, order.decided).said
            self.message_user(request, said, messages.SUCCESS)

    def order_page(
        self, request: HttpRequest, name: str, order: Order[T, V], context: dict[str, Any]
    ) -> HttpResponse:
        """A page that asks about an order, or goes on with it."""
        sieve = read_sieve(self.sieve, request.POST)
        more = {
            "order": order,
            "reasons": "\n".join(order.reasons),
            "words": words_of(sieve),
            "back": self.address(sieve),
        }
        return self.page(request, name, context | more)

    def go_back(self, request: HttpRequest) -> HttpResponse:
        """To the list as it was looked at."""
        return HttpResponseRedirect(self.address(read_sieve(self.sieve, request.POST)))

    def address(self, sieve: Any) -> str:
        """Where those that pass are listed."""
        words = query(sieve)
        return reverse(self.listed) + (f"?{words}" if words else "")

    def page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        """One page of the desk, or beside it."""
        whole = self.admin_site.each_context(request) | {"opts": self.opts, "desk": self} | context
        whole["is_nav_sidebar_enabled"] = False
        return render(request, f"admin/{name}.html", whole)
