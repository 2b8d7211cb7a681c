"""The engine in the admin: dead letters first, every run with its steps, the log, breakers."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.accounts.http import person
from apps.coordination.models import Breaker, Event, Heartbeat, Inbox, Run, Step
from apps.coordination.services.breaking import record_success
from apps.coordination.services.operating import give_up, run_again, settle_outside
from apps.coordination.states import PARKED
from apps.core.admin import ReadOnly
from apps.core.errors import DomainError
from apps.core.text import one_line

LONGEST_REASON = 300


class OneLine(forms.CharField):
    """Text that is made fit to be kept, instead of turned away: the action must not get lost."""

    def to_python(self, value: Any) -> str:
        """Put it on one line and cut it, before anything is checked."""
        return one_line(super().to_python(value) or "", LONGEST_REASON)


class WhyForm(ActionForm):
    """An action with a reason, which the log keeps."""

    why = OneLine(required=False, max_length=LONGEST_REASON, label="Why")


def reason(request: HttpRequest) -> str:
    """Read why somebody acts, as the log can keep it."""
    return one_line(request.POST.get("why", ""), LONGEST_REASON)


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


class StepInline(ReadOnly, admin.TabularInline):
    model = Step
    extra = 0
    readonly_fields = (
        "position",
        "name",
        "kind",
        "state",
        "attempts",
        "destination",
        "idem_key",
        "output",
        "error",
        "started_at",
        "finished_at",
    )
    fields = readonly_fields


@admin.register(Run)
class RunAdmin(ReadOnly, admin.ModelAdmin):
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
    list_filter = [Parked, "state", "flow", "error_code"]
    search_fields = ["=id", "=serial_key", "=trace_id"]
    ordering = ["-id"]
    show_full_result_count = False
    inlines = [StepInline]
    actions = ["try_again", "was_done", "abandon"]
    action_form = WhyForm

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Who may decide about parked runs."""
        return person(request).has_perm("coordination.change_run")

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
        by, why = f"user:{person(request).pk}", reason(request)
        for run in runs.order_by("pk"):
            try:
                service(run_id=run.pk, by=by, why=why)
                self.message_user(request, f"Run {run.pk} ({run.flow}) {said}.")
            except DomainError as error:
                self.message_user(request, str(error), messages.WARNING)


@admin.register(Event)
class EventAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["at", "stream", "seq", "type", "actor", "why"]
    list_filter = ["type"]
    search_fields = ["=stream", "=actor", "=trace_id"]
    ordering = ["-id"]
    show_full_result_count = False


@admin.register(Inbox)
class InboxAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["at", "source", "external_id", "status"]
    search_fields = ["=external_id", "=source"]
    ordering = ["-id"]
    show_full_result_count = False


@admin.register(Breaker)
class BreakerAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["destination", "failures", "open_until", "last_error", "changed_at"]
    actions = ["close"]

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Who may close a breaker by hand."""
        return person(request).has_perm("coordination.change_run")

    @admin.action(description="Close (ask again at once)", permissions=["operate"])
    def close(self, request: HttpRequest, breakers: QuerySet[Breaker]) -> None:
        """Let calls through again."""
        for breaker in breakers:
            record_success(breaker.destination)
            self.message_user(request, f"{breaker.destination} is asked again.")


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["process", "kind", "at"]
