"""What a key's scopes, or a person's role, allow. What a view does not name is refused."""

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from apps.accounts.models import ApiKey, User
from apps.accounts.rules import scopes_of_role
from apps.accounts.states import Scope

if TYPE_CHECKING:
    from rest_framework.views import APIView


class HasScope(BasePermission):
    """Each view says ``required_scopes = {"GET": Scope.TICKETS_READ, …}``, method by method."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Allow who has the scope of this method; a method nobody serves becomes a 405."""
        method = "GET" if request.method == "HEAD" else str(request.method)
        if method == "OPTIONS" or not hasattr(view, method.lower()):
            return True
        needed = getattr(view, "required_scopes", {}).get(method)
        if needed is None:
            self.message = "This is closed: no scope opens it."
            return False
        self.message = f"This needs the scope {needed.value}."
        return needed in scopes_of(request)


def scopes_of(request: Request) -> frozenset[str]:
    """What the caller may do: the scopes of its key, or what the person's role carries."""
    if isinstance(request.auth, ApiKey):
        return frozenset(request.auth.scopes)
    if not isinstance(request.user, User) or not request.user.has_perm("accounts.use_desk"):
        return frozenset()
    if request.user.is_superuser:
        return frozenset(Scope.values)
    return scopes_of_role(request.user.role)


def caller(request: Request) -> str:
    """The caller's own name space, for what is kept per caller."""
    if isinstance(request.auth, ApiKey):
        return f"key:{request.auth.pk}"
    if isinstance(request.user, User):
        return f"user:{request.user.pk}"
    return f"address:{request.META.get('REMOTE_ADDR', '')}"
