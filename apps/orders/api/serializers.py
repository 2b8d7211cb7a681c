"""The shapes orders have on the wire."""

from typing import Any, ClassVar

from rest_framework import serializers

from apps.core.urls import web_address
from apps.orders.models import Order, OrderLine
from apps.orders.states import OrderStatus
from apps.orders.types import LineFacts, OrderFacts

MOST_LINES = 200


class Money(serializers.DecimalField):
    """An amount below ten thousand million, to the cent."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=12, decimal_places=2, allow_null=True, **options)


class LineIn(serializers.Serializer):
    sku = serializers.CharField(max_length=60, allow_blank=True, default="")
    title = serializers.CharField(max_length=200)
    quantity = serializers.IntegerField(min_value=0, max_value=999_999, default=1)
    unit_price = Money(default=None)


class OrderIn(serializers.Serializer):
    """A whole order: what is left out is empty afterwards."""

    status = serializers.ChoiceField(choices=OrderStatus.choices)
    status_word = serializers.CharField(
        max_length=60, allow_blank=True, default="", help_text="The shop's own word."
    )
    email = serializers.EmailField(max_length=254, allow_blank=True, default="")
    placed_at = serializers.DateTimeField(allow_null=True, default=None)
    currency = serializers.RegexField(
        r"^([A-Z]{3})?\Z", allow_blank=True, default="", help_text="Three letters, such as EUR."
    )
    total = Money(default=None)
    carrier = serializers.CharField(max_length=60, allow_blank=True, default="")
    tracking_number = serializers.CharField(max_length=80, allow_blank=True, default="")
    tracking_url = serializers.CharField(
        max_length=500, allow_blank=True, default="", help_text="An http or https address."
    )
    shipped_at = serializers.DateTimeField(allow_null=True, default=None)
    delivered_at = serializers.DateTimeField(allow_null=True, default=None)
    updated_at = serializers.DateTimeField(
        allow_null=True,
        default=None,
        help_text="When the shop changed it. An older one than what is held changes nothing.",
    )
    lines: Any = serializers.ListSerializer(child=LineIn(), default=list, max_length=MOST_LINES)

    def validate_tracking_url(self, value: str) -> str:
        """Only what a browser may open."""
        if value and not web_address(value):
            raise serializers.ValidationError("Write an http or https address.")
        return value

    def facts(self, *, shop: str, number: str) -> OrderFacts:
        """The checked order as plain values."""
        data = dict(self.validated_data)
        lines = tuple(LineFacts(**line) for line in data.pop("lines"))
        updated_at = data.pop("updated_at")
        return OrderFacts(
            shop=shop, number=number, lines=lines, source_updated_at=updated_at, **data
        )


class LineOut(serializers.ModelSerializer):
    class Meta:
        model = OrderLine
        fields: ClassVar = ["sku", "title", "quantity", "unit_price"]


class OrderOut(serializers.ModelSerializer):
    source = serializers.SlugField(source="shop.slug", help_text="The shop.")  # type: ignore[assignment]
    updated_at = serializers.DateTimeField(
        source="source_updated_at", allow_null=True, help_text="When the shop changed it."
    )
    fetched_at = serializers.DateTimeField(help_text="When the shop said this.")
    lines: Any = LineOut(many=True)

    class Meta:
        model = Order
        fields: ClassVar = [
            "source",
            "number",
            "status",
            "status_word",
            "customer_id",
            "email",
            "placed_at",
            "currency",
            "total",
            "carrier",
            "tracking_number",
            "tracking_url",
            "shipped_at",
            "delivered_at",
            "updated_at",
            "fetched_at",
            "lines",
        ]
