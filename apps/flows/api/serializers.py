"""The shapes of the ways in on the wire."""

from rest_framework import serializers

from apps.channels.states import Outcome


class InboundMailIn(serializers.Serializer):
    inbox = serializers.EmailField(
        required=False,
        help_text="The inbox it was sent to, where you know that better than the mail does.",
    )


class WhyIn(serializers.Serializer):
    """Who decides may say why."""

    why = serializers.CharField(
        max_length=300, required=False, allow_blank=True, help_text="Kept in the timeline."
    )


class InboundMailOut(serializers.Serializer):
    outcome = serializers.ChoiceField(
        choices=Outcome.choices, help_text="`received`: it is safe, and will be decided soon."
    )
    reason = serializers.CharField(help_text="Why it was ignored or quarantined.")
    ticket_id = serializers.IntegerField(allow_null=True)
    ticket_number = serializers.IntegerField(allow_null=True)
    message_id = serializers.IntegerField(allow_null=True)
    duplicate_of = serializers.IntegerField(
        allow_null=True, help_text="The mail that it is a copy of."
    )
