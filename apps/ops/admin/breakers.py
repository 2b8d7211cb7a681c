"""Breakers in the administration: how each destination stands, and asking one at once."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from apps.accounts.http import person
from apps.coordination.models import Breaker
from apps.coordination.services.breaking import ask_again
from apps.core.admin import ReadOnly, reason
from apps.core.errors import DomainError
from apps.core.text import one_line
from apps.ops.present.breakers import breaker_view, counts
from apps.ops.queries.breakers import breakers, last_asked, waiting
from apps.ops.queries.letters import groups
from apps.ops.queries.runs import names


@admin.register(Breaker)
class BreakerAdmin(ReadOnly, admin.ModelAdmin):
    """One page; who may operate sees it."""

    def get_urls(self) -> list[URLPattern]:
        """Asking at once beside Django's own pages."""
        ask = self.admin_site.admin_view(self.ask_view)
        return [path("ask/", ask, name="coordination_breaker_ask"), *super().get_urls()]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who may decide about runs may see why they wait."""
        return person(request).has_perm("coordination.change_run")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Shown to whoever may see it."""
        return self.has_view_permission(request)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Every destination that ever failed, the ones in trouble first."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        at = timezone.now()
        found, behind, letters = breakers(), waiting(), counts(groups(before=None))
        asked = last_asked([breaker.destination for breaker in found])
        people = names(list(asked.values()))
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": "Breakers",
            "is_nav_sidebar_enabled": False,
            "breakers": [
                breaker_view(
                    breaker,
                    waiting=behind.get(breaker.destination, 0),
                    letters=letters.get(breaker.destination, 0),
                    asked=asked.get(breaker.destination),
                    names=people,
                    at=at,
                )
                for breaker in found
            ],
        }
        return render(request, "admin/operators/breakers.html", context)

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """All that is known of one stands on the page of all."""
        return HttpResponseRedirect(reverse("admin:coordination_breaker_changelist"))

    def ask_view(self, request: HttpRequest) -> HttpResponse:
        """Have one destination asked at once."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        destination = one_line(request.POST.get("destination", ""), 80)
        if request.method == "POST":
            try:
                ask_again(
                    destination=destination, by=f"user:{person(request).pk}", why=reason(request)
                )
                said = f"{destination} is asked at once; the others follow if it answers."
                self.message_user(request, said, messages.SUCCESS)
            except DomainError as error:
                self.message_user(request, str(error), messages.WARNING)
        return HttpResponseRedirect(reverse("admin:coordination_breaker_changelist"))
