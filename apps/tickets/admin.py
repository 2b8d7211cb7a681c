"""Tickets to look at; the desk and the REST interface are where they are worked on."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.core.admin import ReadOnly
from apps.tickets.models import Attachment, Message, Tag, Ticket
from apps.tickets.queries import matching


class MessageInline(ReadOnly, admin.TabularInline):
    model = Message
    fields = ("created_at", "kind", "customer", "author", "visible", "delivery")
    readonly_fields = ("created_at", "kind", "customer", "author", "visible", "delivery")
    show_change_link = True
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        """Messages with whoever wrote them."""
        return super().get_queryset(request).select_related("customer", "author")


@admin.register(Ticket)
class TicketAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["id", "subject", "status", "priority", "customer", "team", "owner", "label"]
    list_filter = ["status", "priority", "team", "channel"]
    list_select_related = ["customer", "team", "owner"]
    search_fields = ["subject"]
    search_help_text = "A number, or words of subject, texts, customer."
    ordering = ["-updated_at", "-id"]
    inlines = [MessageInline]
    show_full_result_count = False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Ticket], search_term: str
    ) -> tuple[QuerySet[Ticket], bool]:
        """Search as the desk does."""
        return matching(queryset, search_term.strip()), False


class AttachmentInline(ReadOnly, admin.TabularInline):
    model = Attachment
    fields = ("name", "content_type", "found_type", "verdict", "size", "sha256")
    readonly_fields = fields
    extra = 0


@admin.register(Message)
class MessageAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["id", "ticket_id", "kind", "customer", "author", "delivery", "created_at"]
    list_filter = ["kind", "delivery"]
    list_select_related = ["customer", "author"]
    search_fields = ["=message_id_header", "=key"]
    ordering = ["-id"]
    inlines = [AttachmentInline]
    show_full_result_count = False


@admin.register(Attachment)
class AttachmentAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["id", "name", "content_type", "found_type", "verdict", "size", "message_id"]
    list_filter = ["verdict"]
    search_fields = ["=sha256"]
    exclude = ["file"]
    ordering = ["-id"]
    show_full_result_count = False


@admin.register(Tag)
class TagAdmin(ReadOnly, admin.ModelAdmin):
    search_fields = ["name"]
