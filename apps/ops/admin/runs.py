"""Runs in the administration: a list, the dead-letter desk, and each run as a timeline."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property

from apps.accounts.http import person
from apps.coordination.models import Run
from apps.coordination.registry import registry
from apps.coordination.services.operating import give_up, run_again, settle_outside
from apps.coordination.states import PARKED
from apps.core.admin import ReadOnly, WhyForm, reason
from apps.core.errors import DomainError
from apps.core.text import read_number
from apps.ops.admin.letters import LetterDesk
from apps.ops.present.runs import run_view
from apps.ops.queries.runs import whole_run
from apps.ops.services.deciding import ReasonMissing

MOST_COUNTED = 10_000


class Parked(admin.SimpleListFilter):
    """Dead letters: what waits for an operator."""

    title = "needs an operator"
    parameter_name = "parked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """One choice beside all."""
        return [("yes", "Dead letters and in doubt")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Run]) -> QuerySet[Run]:
        """Only parked runs when asked for."""
        return queryset.filter(state__in=PARKED) if self.value() else queryset


class OfFlow(admin.SimpleListFilter):
    """By flow: the ones of this release, which no table need be searched for."""

    title = "flow"
    parameter_name = "flow"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Each flow by its name."""
        return [(name, name) for name in sorted({name for name, _ in registry.flows})]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Run]) -> QuerySet[Run]:
        """Only its runs."""
        return queryset.filter(flow=self.value()) if self.value() else queryset


class Countless(Paginator):
    """Pages of a list that nobody reads to its end: it is counted so far and no further."""

    @cached_property
    def count(self) -> int:
        """How many, up to a bound."""
        rows: Any = self.object_list
        return int(rows[:MOST_COUNTED].count())


@admin.register(Run)
class RunAdmin(LetterDesk, ReadOnly, admin.ModelAdmin):
    change_list_template = "admin/operators/runs.html"
    list_display = [
        "id",
        "flow",
        "version",
        "serial_key",
        "state",
        "attempts",
        "error_code",
        "due_at",
        "created_at",
    ]
    list_filter = [Parked, "state", OfFlow]
    paginator = Countless
    search_fields = ["=id", "=serial_key", "=trace_id"]
    ordering = ["-id"]
    show_full_result_count = False
    actions = ["try_again", "was_done", "abandon"]
    action_form = WhyForm

    def get_urls(self) -> list[URLPattern]:
        """The dead-letter desk beside Django's own pages."""
        wrap = self.admin_site.admin_view
        desk = "dead-letters/"
        return [
            path(desk, wrap(self.list_view), name="coordination_run_letters"),
            path(f"{desk}decide/", wrap(self.decide_view), name="coordination_run_decide"),
            path("<int:run_id>/end/", wrap(self.end_view), name="coordination_run_end"),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One run: how it stands, what can be decided, its timeline, payload and traceback."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        known = read_number(object_id)
        whole = whole_run(known) if known else None
        if whole is None:
            self.message_user(request, f"There is no run {object_id[:30]}.", messages.WARNING)
            return HttpResponseRedirect(reverse("admin:coordination_run_changelist"))
        view = run_view(whole, at=timezone.now())
        context = {
            "title": f"Run {whole.run.pk}: {view.flow}",
            "run": view,
            "may_operate": self.has_operate_permission(request),
        }
        return self.page(request, "operators/run", context)

    def end_view(self, request: HttpRequest, run_id: int) -> HttpResponse:
        """Give up a run that would still go on by itself."""
        if not self.has_operate_permission(request):
            raise PermissionDenied
        why = reason(request)
        if request.method == "POST":
            try:
                if not why:
                    raise ReasonMissing
                give_up(run_id=run_id, by=f"user:{person(request).pk}", why=why)
                self.message_user(request, f"Run {run_id} was given up.", messages.SUCCESS)
            except DomainError as error:
                self.message_user(request, str(error), messages.WARNING)
        return HttpResponseRedirect(reverse("admin:coordination_run_change", args=[run_id]))

    @admin.action(description="Run again (same keys)", permissions=["operate"])
    def try_again(self, request: HttpRequest, runs: QuerySet[Run]) -> None:
        """Make parked runs ready again."""
        self.decide(request, runs, run_again, "runs again")

    @admin.action(description="Mark as done outside", permissions=["operate"])
    def was_done(self, request: HttpRequest, runs: QuerySet[Run]) -> None:
        """Say that what was in doubt was done."""
        self.decide(request, runs, settle_outside, "goes on")

    @admin.action(description="Give up", permissions=["operate"])
    def abandon(self, request: HttpRequest, runs: QuerySet[Run]) -> None:
        """End runs that will never go on."""
        self.decide(request, runs, give_up, "was given up")

    def decide(self, request: HttpRequest, runs: QuerySet[Run], service: Any, said: str) -> None:
        """Decide one by one, and say what came of each."""
        by, why = (
            f"user:{person(request).pk}",
            reason(request),
        )
        for run in runs.order_by("pk"):
            try:
                if not why and service is not run_again:
                    raise ReasonMissing
                service(run_id=run.pk, by=by, why=why)
                self.message_user(request, f"Run {run.pk} ({run.flow}) {said}.")
            except DomainError as error:
                self.message_user(request, str(error), messages.WARNING)
