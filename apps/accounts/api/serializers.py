"""The shapes people and teams have on the wire."""

from typing import Any, ClassVar

from rest_framework import serializers

from apps.accounts.models import Team, User


class TeamOut(serializers.ModelSerializer):
    class Meta:
        model = Team
        fields: ClassVar = ["id", "slug", "name"]


class PersonOut(serializers.ModelSerializer):
    name = serializers.CharField(source="__str__", help_text="As colleagues say it.")
    teams: Any = serializers.PrimaryKeyRelatedField(many=True, read_only=True)

    class Meta:
        model = User
        fields: ClassVar = ["id", "username", "name", "role", "teams"]
