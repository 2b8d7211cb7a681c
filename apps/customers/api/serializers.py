"""The shapes customers have on the wire."""

from typing import Any, ClassVar

from rest_framework import serializers

from apps.customers.models import Customer, Identity
from apps.customers.rules import normal_identity
from apps.customers.states import IdentityKind, Tier


class IdentityOut(serializers.ModelSerializer):
    class Meta:
        model = Identity
        fields: ClassVar = ["id", "kind", "value"]


class CustomerOut(serializers.ModelSerializer):
    identities: Any = IdentityOut(many=True)
    email = serializers.CharField(read_only=True, help_text="Empty when none is known.")

    class Meta:
        model = Customer
        fields: ClassVar = [
            "id",
            "name",
            "company",
            "tier",
            "language",
            "email",
            "identities",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields


class IdentityIn(serializers.Serializer):
    """A name that a customer is found by; it is one customer's only."""

    kind = serializers.ChoiceField(choices=IdentityKind.choices)
    value = serializers.CharField(max_length=254)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """A name that can be found again under any spelling."""
        if data["kind"] == IdentityKind.EMAIL:
            data["value"] = serializers.EmailField().run_validation(data["value"])
        if not normal_identity(data["kind"], data["value"]):
            raise serializers.ValidationError({"value": f"This is no {data['kind']}."})
        return data


class CustomerChange(serializers.Serializer):
    """What to change; what is not named stays."""

    name = serializers.CharField(max_length=120, required=False)
    company = serializers.CharField(max_length=120, required=False, allow_blank=True)
    tier = serializers.ChoiceField(choices=Tier.choices, required=False)
    language = serializers.RegexField(
        r"^([a-z]{2,3}(-[A-Za-z]{2,4})?)?\Z",
        max_length=8,
        required=False,
        allow_blank=True,
        help_text="Such as `de` or `pt-BR`.",
    )


class CustomerIn(CustomerChange):
    """A new customer, with at least one name to be found by."""

    name = serializers.CharField(max_length=120)
    identities = serializers.ListField(child=IdentityIn(), min_length=1, max_length=20)
