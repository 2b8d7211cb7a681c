"""What routing decided, for reading only."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from apps.routing.models import RoutingDecision


@admin.register(RoutingDecision)
class RoutingDecisionAdmin(admin.ModelAdmin):
    """Each decision with every rule that was tried, and why."""

    list_display = ["id", "ticket", "team", "priority", "rules", "at"]
    list_filter = ["team"]
    list_select_related = ["ticket", "team"]
    search_fields = ["=ticket__id"]
    ordering = ["-id"]
    show_full_result_count = False
    fields = (
        "ticket",
        "team",
        "priority",
        "tags",
        "because",
        "kept",
        "rules_tried",
        "facts",
        "key",
        "at",
    )
    readonly_fields = fields

    @admin.display(description="rules")
    def rules(self, decision: RoutingDecision) -> str:
        """The rules that decided something."""
        return ", ".join(decision.rule_names) or "none"

    @admin.display(description="rules tried")
    def rules_tried(self, decision: RoutingDecision) -> SafeString:
        """Each rule with what became of it, and each condition with the ticket's value."""
        return format_html("<ol>{}</ol>", format_html_join("", "<li>{}</li>", rows(decision)))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Decisions are made by routing."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Decisions are not changed."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Decisions are not removed."""
        return False


def rows(decision: RoutingDecision) -> list[tuple[SafeString]]:
    """One line for each rule of a decision, with its conditions below it."""
    return [
        (
            format_html(
                "<strong>{}</strong> (version {}): {}<ul>{}</ul>",
                rule["name"],
                rule["version"],
                rule["why"],
                format_html_join(
                    "",
                    "<li>{} {} — {}</li>",
                    (
                        ("✓" if test["held"] else "✗", test["asked"], test["value"])
                        for test in rule["tests"]
                    ),
                ),
            ),
        )
        for rule in decision.tried
    ]
