"""Shops and the mirror of their orders."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Upper

from apps.core.secrets import EncryptedTextField
from apps.core.urls import check_base_url
from apps.customers.models import Customer
from apps.orders.mapping import problems_of
from apps.orders.states import SETTLED, Adapter, OrderStatus


class Shop(models.Model):
    """A shop whose orders we mirror, and how it is asked."""

    slug = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=80)
    adapter = models.CharField(max_length=8, choices=Adapter, default=Adapter.REST)
    base_url = models.CharField("base URL", max_length=300, blank=True)
    token = EncryptedTextField()
    mapping = models.JSONField(default=dict, blank=True)
    is_active = models.BooleanField("active", default=True)
    fresh_for = models.PositiveIntegerField(
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(10_080)],
        help_text="Minutes after which what we know of an open order is asked for again.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["slug"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a shop that could not be asked, saying what to write instead."""
        if self.adapter != Adapter.REST:
            return
        problems: dict[str, Any] = {}
        try:
            check_base_url(self.base_url)
        except ValidationError as error:
            problems["base_url"] = error
        if sentences := problems_of(self.mapping):
            problems["mapping"] = sentences
        if problems:
            raise ValidationError(problems)


class OrderQuerySet(models.QuerySet["Order"]):
    def unsettled(self) -> Self:
        return self.exclude(status__in=SETTLED)

    def with_parts(self) -> Self:
        return self.select_related("shop").prefetch_related("lines")


class Order(models.Model):
    """What a shop said of one order, and when it was asked."""

    shop = models.ForeignKey(Shop, models.PROTECT, related_name="orders")
    number = models.CharField(max_length=40)
    status = models.CharField(max_length=14, choices=OrderStatus)
    status_word = models.CharField(max_length=60, blank=True, help_text="The shop's own word.")
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, related_name="orders"
    )
    email = models.CharField(max_length=254, blank=True)
    placed_at = models.DateTimeField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    total = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    carrier = models.CharField(max_length=60, blank=True)
    tracking_number = models.CharField(max_length=80, blank=True)
    tracking_url = models.CharField(max_length=500, blank=True)
    shipped_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    source_updated_at = models.DateTimeField(null=True, blank=True)
    fetched_at = models.DateTimeField(help_text="When the shop said this.")
    checked_at = models.DateTimeField(help_text="When the shop was last asked, answer or none.")

    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["shop", "number"], name="one_order_of_a_number"),
            models.CheckConstraint(
                condition=models.Q(status__in=OrderStatus.values), name="order_status_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(Upper("number"), name="order_by_number"),
            models.Index(fields=["customer", "-placed_at", "-id"], name="order_by_customer"),
            models.Index(fields=["email", "-placed_at", "-id"], name="order_by_email"),
            models.Index(fields=["status", "-id"], name="order_by_status"),
            models.Index(fields=["shop", "-id"], name="order_by_shop"),
            models.Index(
                fields=["shop", "checked_at"],
                name="order_unsettled",
                condition=~models.Q(status__in=SETTLED),
            ),
        ]

    def __str__(self) -> str:
        return f"Order {self.number}"

    def is_fresh(self, at: datetime) -> bool:
        """Whether what we know is younger than the shop's limit."""
        return self.fetched_at > at - timedelta(minutes=self.shop.fresh_for)


class OrderLine(models.Model):
    """One position of an order."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    sku = models.CharField("SKU", max_length=60, blank=True)
    title = models.CharField(max_length=200)
    quantity = models.PositiveIntegerField(default=1)
    unit_price = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.title
