"""The engine's log in the admin; runs and breakers have their pages where operators work."""

from django.contrib import admin

from apps.coordination.models import Event, Heartbeat, Inbox
from apps.core.admin import ReadOnly


@admin.register(Event)
class EventAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["at", "stream", "seq", "type", "actor", "why"]
    list_filter = ["type"]
    search_fields = ["=stream", "=actor", "=trace_id"]
    ordering = ["-id"]
    show_full_result_count = False


@admin.register(Inbox)
class InboxAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["at", "source", "external_id", "status"]
    search_fields = ["=external_id", "=source"]
    ordering = ["-id"]
    show_full_result_count = False


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["process", "kind", "at"]
