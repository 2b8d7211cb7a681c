"""People and teams, as administrators keep them."""

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import Count, ManyToManyField, QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest

from apps.accounts.admin.forms import NewPersonForm, PersonForm
from apps.accounts.models import Team, User
from apps.core.admin import Kept

# What somebody may do follows from their role.
admin.site.unregister(Group)
# An account has one address, on the page of its person.
admin.site.unregister(EmailAddress)


@admin.register(User)
class PersonAdmin(Kept, UserAdmin):
    """Somebody who leaves is switched off; what they wrote keeps their name."""

    form = PersonForm
    add_form = NewPersonForm
    list_display = ["username", "first_name", "last_name", "email", "role", "is_active"]
    list_filter = ["role", "is_active", "teams"]
    filter_horizontal = []
    formfield_overrides = {ManyToManyField: {"widget": CheckboxSelectMultiple}}
    autocomplete_fields = ["lead"]
    show_full_result_count = False
    fieldsets = (
        (None, {"fields": ["username", "password", "is_active"]}),
        ("Person", {"fields": [("first_name", "last_name"), "email"]}),
        ("Work", {"fields": ["role", "teams", "lead"]}),
        ("Writing", {"fields": ["signature", "undo_seconds"]}),
        ("Since", {"fields": ["last_login", "date_joined"]}),
    )
    add_fieldsets = (
        (None, {"fields": ["username", "usable_password", "password1", "password2"]}),
        ("Person", {"fields": [("first_name", "last_name"), "email"]}),
        ("Work", {"fields": ["role", "teams", "lead"]}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Nobody can lock themselves out."""
        own = ["role", "is_active"] if obj is not None and obj.pk == request.user.pk else []
        return ["last_login", "date_joined", *own]


class MemberInline(admin.TabularInline):
    """Who is in a team."""

    model = User.teams.through
    extra = 1
    verbose_name = "member"
    autocomplete_fields = ["user"]


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "lead", "people"]
    list_select_related = ["lead"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["lead"]
    inlines = [MemberInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Teams with the number of their people."""
        return Team.objects.annotate(size=Count("members"))

    @admin.display(description="people", ordering="size")
    def people(self, team: Any) -> int:
        """How many are in it."""
        return int(team.size)
