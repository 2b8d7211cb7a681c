"""Promises about time in the admin: the targets, and each escalation with its reason."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from apps.core.errors import DomainError
from apps.escalation.models import Escalation, Target
from apps.escalation.rules import in_words
from apps.escalation.services import set_target


class TargetForm(forms.ModelForm):
    """A target, refused with a sentence when nobody could keep it."""

    def clean(self) -> dict[str, Any]:
        """A solution takes at least as long as an answer."""
        data = super().clean() or {}
        first, whole = data.get("first_response_minutes"), data.get("resolution_minutes")
        if first and whole and whole < first:
            self.add_error(
                "resolution_minutes", "A solution cannot be promised before the first response."
            )
        return data


@admin.register(Target)
class TargetAdmin(admin.ModelAdmin):
    """One target for each priority."""

    form = TargetForm
    fields = ["priority", "first_response_minutes", "resolution_minutes", "warn_at_percent"]
    list_display = ["priority", "first_response", "resolution", "warn_at_percent"]

    @admin.display(description="first response", ordering="first_response_minutes")
    def first_response(self, target: Target) -> str:
        """The promise in words."""
        return in_words(target.aim.first_response)

    @admin.display(description="resolution", ordering="resolution_minutes")
    def resolution(self, target: Target) -> str:
        """The promise in words."""
        return in_words(target.aim.resolution)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A target stays that of its priority."""
        return ("priority",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Without a target nothing would be promised any more; change it instead."""
        return False

    def save_model(self, request: HttpRequest, obj: Target, form: Any, change: bool) -> None:  # noqa: FBT001
        """Promise this from now on."""
        try:
            saved = set_target(
                priority=obj.priority,
                first_response_minutes=obj.first_response_minutes,
                resolution_minutes=obj.resolution_minutes,
                warn_at_percent=obj.warn_at_percent,
            )
        except DomainError as error:
            self.message_user(request, str(error), "ERROR")
        else:
            obj.pk = saved.pk


@admin.register(Escalation)
class EscalationAdmin(admin.ModelAdmin):
    """Each escalation, for reading only."""

    list_display = ["id", "ticket", "promise", "level", "due_at", "at", "new_priority"]
    list_filter = ["promise", "level"]
    list_select_related = ["ticket"]
    search_fields = ["=ticket__id"]
    show_full_result_count = False
    readonly_fields = (
        "ticket",
        "promise",
        "level",
        "since",
        "due_at",
        "why",
        "old_priority",
        "new_priority",
        "at",
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Escalations happen."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What happened is not changed."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What happened is not removed."""
        return False
