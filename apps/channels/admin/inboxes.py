"""Inboxes in the admin."""

from django import forms
from django.contrib import admin

from apps.channels.models import Inbox


class InboxForm(forms.ModelForm):
    def clean_address(self) -> str:
        """Addresses compare in lower case."""
        return str(self.cleaned_data["address"]).lower()


@admin.register(Inbox)
class InboxAdmin(admin.ModelAdmin):
    form = InboxForm
    list_display = ("address", "name", "team", "is_active", "is_default")
    list_filter = ("is_active",)
    list_select_related = ("team",)
