"""Customers and their names, as administrators keep them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.core.admin import Kept
from apps.customers.models import Customer, Identity
from apps.customers.queries import matching, whole_customers
from apps.customers.rules import normal_identity


class IdentityForm(forms.ModelForm):
    """A name, in the one spelling under which it is found."""

    class Meta:
        model = Identity
        fields = ("kind", "value")

    def clean(self) -> dict[str, Any]:
        """Spell the name as services do."""
        given = super().clean() or {}
        if given.get("kind") and given.get("value"):
            given["value"] = normal_identity(given["kind"], given["value"])
            if not given["value"]:
                raise forms.ValidationError({"value": f"This is no {given['kind']}."})
        return given


class IdentityInline(admin.TabularInline):
    model = Identity
    form = IdentityForm
    extra = 0


@admin.register(Customer)
class CustomerAdmin(Kept, admin.ModelAdmin):
    list_display = ["name", "email", "company", "tier", "language", "updated_at"]
    list_filter = ["tier", "language"]
    search_fields = ["name"]
    search_help_text = "Part of a name, an address, a number."
    ordering = ["-pk"]
    fields = [("name", "company"), ("tier", "language"), ("created_at", "updated_at")]
    readonly_fields = ["created_at", "updated_at"]
    inlines = [IdentityInline]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Customer]:
        """Customers with their names."""
        return whole_customers()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Customer], search_term: str
    ) -> tuple[QuerySet[Customer], bool]:
        """Search every name of a customer."""
        words = search_term.strip()
        return (matching(queryset, words) if words else queryset), False
