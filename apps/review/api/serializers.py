"""The shapes reviews have on the wire."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.review.models import Review


class ChoiceOut(serializers.Serializer):
    """A label that may be decided."""

    slug = serializers.CharField()
    name = serializers.CharField()


class ReviewOut(serializers.ModelSerializer):
    choices = serializers.SerializerMethodField(help_text="The labels that may be decided.")

    class Meta:
        model = Review
        fields: ClassVar = [
            "id",
            "ticket",
            "message",
            "status",
            "suggested",
            "confidence",
            "runner_up",
            "runner_up_confidence",
            "choices",
            "reasons",
            "suggested_by",
            "risk",
            "opened_at",
            "due_at",
            "claimed_by",
            "claimed_until",
            "decided_by",
            "decided_label",
            "decided_at",
            "why",
        ]
        read_only_fields = fields

    @extend_schema_field(ChoiceOut(many=True))
    def get_choices(self, review: Review) -> list[dict[str, str]]:
        """Slugs with their names."""
        return [{"slug": slug, "name": name} for slug, name in review.choices]


class WholeReviewOut(ReviewOut):
    """A review with what the customer wrote."""

    subject = serializers.CharField(source="ticket.subject", read_only=True)
    text = serializers.CharField(
        source="message.visible", read_only=True, help_text="What the customer wrote."
    )

    class Meta(ReviewOut.Meta):
        fields: ClassVar = [*ReviewOut.Meta.fields, "subject", "text"]
        read_only_fields = fields


class DecisionIn(serializers.Serializer):
    """A ``label`` among the review's choices, or ``reject``: no request for support at all."""

    label: Any = serializers.CharField(max_length=60, required=False)
    reject = serializers.BooleanField(required=False)
    why = serializers.CharField(
        max_length=1000, required=False, allow_blank=True, help_text="Kept with the decision."
    )

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """One of the two."""
        if ("label" in data) == bool(data.get("reject")):
            raise serializers.ValidationError("Write a label, or reject as true: one of them.")
        return data
