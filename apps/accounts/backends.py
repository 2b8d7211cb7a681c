"""Permissions by role, beside Django's own groups."""

from django.contrib.auth.backends import ModelBackend

from apps.accounts.models import User
from apps.accounts.rules import PERMISSIONS, role_allows


class RoleBackend(ModelBackend):
    """Django's backend, plus what a person's role carries."""

    def has_perm(self, user_obj: User, perm: str, obj: object = None) -> bool:  # type: ignore[override]
        """Allow what the role, a group or a single grant allows; nobody inactive."""
        if not user_obj.is_active:
            return False
        if obj is None and role_allows(getattr(user_obj, "role", ""), perm):
            return True
        return super().has_perm(user_obj, perm, obj)  # type: ignore[arg-type]

    def has_module_perms(self, user_obj: User, app_label: str) -> bool:  # type: ignore[override]
        """Show an app in the admin when the role carries any permission of it."""
        carried = PERMISSIONS.get(getattr(user_obj, "role", ""), frozenset())
        from_role = any(perm.startswith(f"{app_label}.") for perm in carried)
        return user_obj.is_active and (from_role or super().has_module_perms(user_obj, app_label))
