"""Shops as administrators set them up, and their orders to look at."""

import json
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from apps.core.errors import DomainError
from apps.orders.mapping import EXAMPLE
from apps.orders.models import Order, OrderLine, Shop
from apps.orders.services.asking import try_shop

MOST_TRIED = 5


@admin.register(Shop)
class ShopAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "adapter", "base_url", "is_active"]
    list_filter = ["adapter", "is_active"]
    search_fields = ["name", "slug"]
    fields = [
        ("name", "slug"),
        ("adapter", "is_active"),
        "base_url",
        "token",
        "token_state",
        "mapping",
        "mapping_example",
        "fresh_for",
    ]
    readonly_fields = ["token_state", "mapping_example"]
    prepopulated_fields = {"slug": ["name"]}
    actions = ["test_connection"]

    @admin.display(description="Stored token")
    def token_state(self, shop: Shop) -> str:
        return "There is one." if shop.token else "There is none."

    @admin.display(description="A mapping to start from")
    def mapping_example(self, shop: Shop) -> str:
        return format_html("<pre>{}</pre>", json.dumps(EXAMPLE, indent=2))

    @admin.action(description="Test the connection", permissions=["change"])
    def test_connection(self, request: HttpRequest, shops: QuerySet[Shop]) -> None:
        for shop in shops[:MOST_TRIED]:
            try:
                self.message_user(request, try_shop(shop=shop), messages.SUCCESS)
            except DomainError as error:
                self.message_user(request, str(error), messages.ERROR)

    def get_readonly_fields(self, request: HttpRequest, obj: Shop | None = None) -> Any:
        """A shop keeps the name its orders go by."""
        return [*self.readonly_fields, "slug"] if obj else self.readonly_fields

    def get_prepopulated_fields(self, request: HttpRequest, obj: Shop | None = None) -> Any:
        """The name makes the slug, once."""
        return {} if obj else self.prepopulated_fields


class OrderLineInline(admin.TabularInline):
    model = OrderLine
    readonly_fields = ["sku", "title", "quantity", "unit_price"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Shops write orders."""
        return False


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    list_display = ["number", "shop", "status", "email", "total", "currency", "fetched_at"]
    list_filter = ["status", "shop"]
    list_select_related = ["shop"]
    search_fields = ["number__iexact", "email__exact"]
    search_help_text = "A whole order number or address."
    ordering = ["-pk"]
    show_full_result_count = False
    inlines = [OrderLineInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Shops write orders."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Order | None = None) -> bool:
        """Shops write orders."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Order | None = None) -> bool:
        """A mirror forgets nothing."""
        return False
