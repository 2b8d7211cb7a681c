"""Editing routing rules: conditions, order, history, and a rehearsal on recent tickets."""

import json
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.accounts.http import person
from apps.accounts.models import Team
from apps.core.errors import DomainError
from apps.routing.admin.forms import EXAMPLE, RuleForm, asked_of_each_field
from apps.routing.admin.rehearsal import compared
from apps.routing.models import Rule, RuleVersion
from apps.routing.queries import replay, rules_with
from apps.routing.rules import BadCondition, parse, sentence
from apps.routing.services import restore_rule, save_rule
from apps.routing.services.writing import draft_of


class VersionInline(admin.TabularInline):
    """Every version of a rule, the latest first."""

    model = RuleVersion
    extra = 0
    can_delete = False
    fields = ("version", "at", "by", "said", "restore")
    readonly_fields = fields

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who may see a rule may see what it was."""
        return person(request).has_perm("routing.view_rule")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Versions come from saving the rule."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was is not changed."""
        return False

    @admin.display(description="content")
    def said(self, version: RuleVersion) -> SafeString:
        """The version as text."""
        text = json.dumps(version.content, indent=1, ensure_ascii=False)
        return format_html("<details><summary>Show</summary><pre>{}</pre></details>", text)

    @admin.display(description="")
    def restore(self, version: RuleVersion) -> SafeString | str:
        """A button that makes this version the newest one."""
        if version.version == version.rule.version:
            return "now"
        where = reverse("admin:routing_rule_restore", args=[version.rule_id, version.version])
        return format_html(
            '<button type="submit" class="button" formnovalidate formaction="{}">Restore</button>',
            where,
        )


@admin.register(Rule)
class RuleAdmin(admin.ModelAdmin):
    """Rules in the order in which they are tried."""

    form = RuleForm
    change_form_template = "admin/routing/rule/change_form.html"
    list_display = ["name", "position", "is_active", "when", "team", "priority", "tags", "version"]
    list_editable = ["position", "is_active"]
    list_filter = ["is_active", "team"]
    list_select_related = ["team"]
    search_fields = ["name"]
    ordering = ["position", "pk"]
    inlines = [VersionInline]

    @admin.display(description="conditions")
    def when(self, rule: Rule) -> str:
        """The conditions in words."""
        try:
            return sentence(parse(rule.conditions))
        except BadCondition as error:
            return f"Cannot be tried: {error}"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Decisions name rules: a rule is switched off, not removed."""
        return False

    def save_model(self, request: HttpRequest, obj: Rule, form: Any, change: bool) -> None:  # noqa: FBT001
        """Write the rule's next version."""
        saved = save_rule(
            draft=draft_of(obj),
            rule_id=obj.pk if change else None,
            seen_version=form.cleaned_data.get("seen_version"),
            by=person(request),
            at=timezone.now(),
        )
        obj.pk, obj.version = saved.pk, saved.version

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show help beside the form, and a refusal as a message."""
        help_text = {"example": EXAMPLE, "asked": asked_of_each_field()}
        context = {**(extra_context or {}), **help_text}
        try:
            return super().changeform_view(request, object_id, form_url, context)
        except DomainError as error:
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def get_urls(self) -> list[URLPattern]:
        """Beside Django's own: the rehearsal, and restoring a version."""
        wrap = self.admin_site.admin_view
        return [
            path("add/try/", wrap(self.try_view), name="routing_rule_try_new"),
            path("<int:rule_id>/change/try/", wrap(self.try_view), name="routing_rule_try"),
            path(
                "<int:rule_id>/restore/<int:version>/",
                wrap(self.restore_view),
                name="routing_rule_restore",
            ),
            *super().get_urls(),
        ]

    def try_view(self, request: HttpRequest, rule_id: int | None = None) -> HttpResponse:
        """Show what a rule as it stands in the form would do to the latest tickets."""
        if not (self.has_change_permission(request) or self.has_add_permission(request)):
            raise PermissionDenied
        rule = get_object_or_404(Rule, pk=rule_id) if rule_id else None
        form = RuleForm(request.POST or None, instance=rule)
        context: dict[str, Any] = {"form": form, "rule": rule, "title": "Try the rule"}
        if form.is_valid():
            draft = draft_of(form.instance)
            replayed = replay(rules_with(draft, rule_id=rule_id))
            teams = dict(Team.objects.values_list("pk", "name"))
            context |= {
                "draft": draft,
                "tried": len(replayed),
                "condition": parse(draft.conditions),
            }
            when = sentence(parse(draft.conditions))
            context |= {"when": when if when == "always" else f"when {when}"}
            context |= {"changes": compared(replayed, teams)}
        page = self.admin_site.each_context(request) | context | {"opts": self.opts}
        return render(request, "admin/routing/rule/try.html", page)

    def restore_view(self, request: HttpRequest, rule_id: int, version: int) -> HttpResponse:
        """Make an earlier version the newest one (POST)."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            try:
                rule = restore_rule(
                    rule_id=rule_id, version=version, by=person(request), at=timezone.now()
                )
            except DomainError as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                said = f"Version {version} is in force again, as version {rule.version}."
                self.message_user(request, said)
        return HttpResponseRedirect(reverse("admin:routing_rule_change", args=[rule_id]))
