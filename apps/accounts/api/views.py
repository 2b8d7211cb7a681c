"""People and teams over HTTP: whom tickets can be given to."""

from typing import ClassVar

from rest_framework.generics import ListAPIView

from apps.accounts.api.serializers import PersonOut, TeamOut
from apps.accounts.models import Team, User
from apps.accounts.states import Role, Scope


class TeamList(ListAPIView):
    """Teams that tickets are routed to."""

    required_scopes: ClassVar = {"GET": Scope.TICKETS_READ}
    queryset = Team.objects.all()
    serializer_class = TeamOut
    ordering = ("id",)


class PersonList(ListAPIView):
    """People who work here now, with their teams."""

    required_scopes: ClassVar = {"GET": Scope.TICKETS_READ}
    queryset = (
        User.objects.filter(is_active=True).exclude(role=Role.SERVICE).prefetch_related("teams")
    )
    serializer_class = PersonOut
    ordering = ("id",)
