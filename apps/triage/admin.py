"""Labels to edit, models and verdicts to look at."""

import json
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.core.errors import DomainError
from apps.triage.models import Classification, Label, ModelVersion
from apps.triage.services.training import make_live

ABSTAINED = "-"


class ReadOnly:
    """What was measured or said is not edited."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows come from services."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows stay as they are."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows stay."""
        return False


@admin.register(Label)
class LabelAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "is_active", "always_review", "bar", "position"]
    list_editable = ["is_active", "always_review", "bar", "position"]
    search_fields = ["name", "slug"]
    ordering = ["position", "slug"]

    def get_readonly_fields(self, request: HttpRequest, obj: Label | None = None) -> list[str]:
        """Records and rules name a label by its slug: it never changes."""
        return ["slug"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A label is switched off, never removed: old verdicts name it."""
        return False


@admin.register(ModelVersion)
class ModelVersionAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["name", "is_live", "accuracy", "automated", "automated_right", "created_at"]
    readonly_fields = ("version", "is_live", "sha256", "figures", "created_at")
    fields = readonly_fields
    ordering = ["-version"]
    actions = ["go_live"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModelVersion]:
        """Without the arrays, which nobody looks at."""
        return super().get_queryset(request).defer("arrays")

    def has_train_permission(self, request: HttpRequest) -> bool:
        """Who may choose the live model."""
        return bool(request.user.has_perm("triage.change_modelversion"))

    @admin.display(description="out-of-fold accuracy")
    def accuracy(self, version: ModelVersion) -> str:
        """How often the best label was the true one."""
        return measured(version, "accuracy")

    @admin.display(description="automated")
    def automated(self, version: ModelVersion) -> str:
        """How much would have gone on alone."""
        return measured(version, "automated")

    @admin.display(description="right among automated")
    def automated_right(self, version: ModelVersion) -> str:
        """How much of that was right."""
        return measured(version, "automated_right")

    @admin.display(description="facts")
    def figures(self, version: ModelVersion) -> SafeString:
        """Everything that was measured, readable."""
        return format_html("<pre>{}</pre>", json.dumps(version.facts, indent=2))

    @admin.action(description="Make this the live model", permissions=["train"])
    def go_live(self, request: HttpRequest, versions: QuerySet[ModelVersion]) -> None:
        """Roll back, or forward again."""
        if versions.count() != 1:
            self.message_user(request, "Choose one model.", messages.WARNING)
            return
        try:
            live = make_live(version_id=versions.get().pk)
        except DomainError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, f"{live.name} is live.")


def measured(version: ModelVersion, name: str) -> str:
    """One figure as a percentage, or nothing where it was not measured."""
    value = version.facts.get("measured", {}).get(name)
    return f"{value:.1%}" if isinstance(value, int | float) else "-"


class LabelFilter(admin.SimpleListFilter):
    """By label, from the table of labels: the records are too many to ask."""

    title = "label"
    parameter_name = "label"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every label, and those without one."""
        return [*Label.objects.values_list("slug", "name"), (ABSTAINED, "No label")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Classification]
    ) -> QuerySet[Classification]:
        """Only verdicts with that label."""
        value = self.value()
        return queryset.filter(label="" if value == ABSTAINED else value) if value else queryset


@admin.register(Classification)
class ClassificationAdmin(ReadOnly, admin.ModelAdmin):
    list_display = [
        "id",
        "ticket_id",
        "label",
        "confidence",
        "sure",
        "urgency",
        "language",
        "model",
    ]
    list_filter = [LabelFilter, "sure", "urgency"]
    search_fields = ["=ticket__id"]
    ordering = ["-id"]
    show_full_result_count = False
    readonly_fields = (
        "ticket_id", "message_id", "label", "confidence", "runner_up", "runner_up_confidence",
        "language", "urgency", "sure", "reasons", "model", "created_at", "key",
    )  # fmt: skip
    fields = readonly_fields
