"""The shapes runs have on the wire."""

from typing import Any, ClassVar

from rest_framework import serializers

from apps.coordination.models import Attempt, Run, Step


class RunOut(serializers.ModelSerializer):
    key = serializers.CharField(source="serial_key", help_text="Such as `ticket:42`.")

    class Meta:
        model = Run
        fields: ClassVar = [
            "id",
            "flow",
            "version",
            "key",
            "lane",
            "state",
            "undoing",
            "attempts",
            "due_at",
            "waits_for",
            "error_code",
            "error",
            "trace_id",
            "created_at",
            "finished_at",
        ]
        read_only_fields = fields


class AttemptOut(serializers.ModelSerializer):
    """One time the outside was asked."""

    request = serializers.JSONField(read_only=True)

    class Meta:
        model = Attempt
        fields: ClassVar = ["number", "request", "outcome", "error", "started_at", "finished_at"]


class StepOut(serializers.ModelSerializer):
    """One named piece of a run; a finished one is never done again."""

    output = serializers.JSONField(read_only=True, allow_null=True)
    tries: Any = AttemptOut(many=True)

    class Meta:
        model = Step
        fields: ClassVar = [
            "position",
            "name",
            "kind",
            "state",
            "attempts",
            "destination",
            "idem_key",
            "output",
            "error",
            "due_at",
            "started_at",
            "finished_at",
            "tries",
        ]


class WholeRunOut(RunOut):
    input = serializers.JSONField(read_only=True)
    steps: Any = StepOut(many=True)

    class Meta(RunOut.Meta):
        fields: ClassVar = [*RunOut.Meta.fields, "input", "steps"]
        read_only_fields = fields


class ReasonIn(serializers.Serializer):
    """Why an operator decides so; the log keeps it."""

    why = serializers.CharField(max_length=300)


class MaybeReasonIn(serializers.Serializer):
    """Why an operator decides so, if it needs saying."""

    why = serializers.CharField(max_length=300, required=False, allow_blank=True)
