"""Who is asking."""

from django.http import HttpRequest
from rest_framework.request import Request

from apps.accounts.models import User


def person(request: HttpRequest | Request) -> User:
    """Return the signed-in user. The edge has already refused everybody else."""
    assert isinstance(request.user, User)  # noqa: S101
    return request.user
