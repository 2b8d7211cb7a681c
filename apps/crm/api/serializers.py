"""The shapes of webhooks on the wire."""

from rest_framework import serializers


class DeliveryIn(serializers.Serializer):
    """An event as the CRM writes it; the connection's mapping says where things lie."""

    type = serializers.CharField(required=False, help_text="Such as `contact.updated`.")
    data = serializers.DictField(  # type: ignore[assignment]
        required=False, help_text="The contact."
    )


class DeliveryOut(serializers.Serializer):
    outcome = serializers.ChoiceField(choices=["updated", "unchanged", "ignored"])
