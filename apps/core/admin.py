"""What administration pages of several apps share."""

from typing import Any

from django.http import HttpRequest


class ReadOnly:
    """Rows to look at: whatever changes them goes through services."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is added by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is changed by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing that happened is removed."""
        return False


class Kept:
    """Rows that are made and changed, and never removed: others refer to them."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing that happened is removed."""
        return False
