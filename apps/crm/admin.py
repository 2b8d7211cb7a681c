"""CRMs as administrators set them up; contacts and notes to look at."""

import json
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from apps.core.errors import DomainError
from apps.crm.mapping import EXAMPLE
from apps.crm.models import Connection, Contact, Note
from apps.crm.services.asking import try_connection

MOST_TRIED = 5


@admin.register(Connection)
class ConnectionAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "adapter", "base_url", "is_active"]
    list_filter = ["adapter", "is_active"]
    search_fields = ["name", "slug"]
    fields = [
        ("name", "slug"),
        ("adapter", "is_active"),
        "base_url",
        "token",
        "mapping",
        "mapping_example",
        "webhook_secret",
        "webhook_address",
        "stored",
    ]
    readonly_fields = ["mapping_example", "webhook_address", "stored"]
    prepopulated_fields = {"slug": ["name"]}
    actions = ["test_connection"]

    @admin.display(description="Stored secrets")
    def stored(self, connection: Connection) -> str:
        found = [("token", connection.token), ("webhook secret", connection.webhook_secret)]
        return ", ".join(name for name, secret in found if secret) or "none"

    @admin.display(description="A mapping to start from")
    def mapping_example(self, connection: Connection) -> str:
        return format_html("<pre>{}</pre>", json.dumps(EXAMPLE, indent=2))

    @admin.display(description="Where the CRM sends its webhooks")
    def webhook_address(self, connection: Connection) -> str:
        if not connection.slug:
            return "It is known once this is saved."
        return f"{settings.SITE_URL}/api/v1/crm/{connection.slug}/webhook/"

    @admin.action(description="Test the connection", permissions=["change"])
    def test_connection(self, request: HttpRequest, connections: QuerySet[Connection]) -> None:
        for connection in connections[:MOST_TRIED]:
            try:
                said, level = try_connection(connection=connection), messages.SUCCESS
            except DomainError as error:
                said, level = str(error), messages.ERROR
            self.message_user(request, said, level)

    def get_readonly_fields(self, request: HttpRequest, obj: Connection | None = None) -> Any:
        """A connection keeps the name its webhooks go to."""
        return [*self.readonly_fields, "slug"] if obj else self.readonly_fields

    def get_prepopulated_fields(self, request: HttpRequest, obj: Connection | None = None) -> Any:
        """The name makes the slug, once."""
        return {} if obj else self.prepopulated_fields


class LookOnly(admin.ModelAdmin):
    """Records that runs and webhooks write."""

    ordering = ["-pk"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds one by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes one by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was told stays."""
        return False


@admin.register(Contact)
class ContactAdmin(LookOnly):
    list_display = ["name", "email", "company", "tier", "connection", "fetched_at"]
    list_filter = ["connection", "tier"]
    list_select_related = ["connection"]
    search_fields = ["email__exact"]
    search_help_text = "A whole address."


@admin.register(Note)
class NoteAdmin(LookOnly):
    list_display = ["about", "kind", "state", "error", "connection", "created_at"]
    list_filter = ["state", "kind", "connection"]
    list_select_related = ["connection"]
    search_fields = ["about__exact"]
    search_help_text = "What it is about, such as ticket:42."
