"""Mailboxes on the page of their inbox: how each is read, and trying it at once."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.channels.admin.forms import MailboxForm
from apps.channels.models import Mailbox


class MailboxInline(admin.StackedInline):
    """IMAP accounts that the inbox's mail is collected from; secrets go in, and never out."""

    model = Mailbox
    form = MailboxForm
    template = "admin/channels/inbox/mailboxes.html"
    extra = 1
    fieldsets = (
        (None, {"fields": ["provider", ("host", "port", "security")]}),
        (None, {"fields": ["username", "sign_in", "password"]}),
        ("OAuth 2", {"fields": ["client_id", "client_secret"], "classes": ["in-oauth"]}),
        (
            "Tokens by hand",
            {"fields": ["refresh_token", "token_url", "scope"], "classes": ["collapse"]},
        ),
        (None, {"fields": ["folders", ("afterwards", "move_to"), "is_active"]}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the places up to which they were read."""
        return super().get_queryset(request).prefetch_related("places")
