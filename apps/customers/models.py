"""Customers and the names they are known by."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper

from apps.customers.states import IdentityKind, Tier


class Customer(models.Model):
    """Somebody who asks."""

    name = models.CharField(max_length=120)
    company = models.CharField(max_length=120, blank=True)
    tier = models.CharField(max_length=10, choices=Tier, default=Tier.STANDARD)
    language = models.CharField(max_length=8, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes: ClassVar = [
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="customer_name_words")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def email(self) -> str:
        """The first mail address we know, or nothing. Prefetch ``identities`` for lists."""
        addresses = (name.value for name in self.identities.all() if name.kind == "email")
        return next(addresses, "")


class Identity(models.Model):
    """One name of a customer: an address, a phone number, an account elsewhere."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=8, choices=IdentityKind)
    value = models.CharField(max_length=254)

    class Meta:
        verbose_name_plural = "identities"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "value"], name="one_customer_of_a_name")
        ]
        indexes: ClassVar = [
            GinIndex(OpClass(Upper("value"), name="gin_trgm_ops"), name="identity_words")
        ]

    def __str__(self) -> str:
        return self.value
