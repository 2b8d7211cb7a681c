"""What administration pages of several apps share."""

from typing import Any

from django import forms
from django.contrib.admin.helpers import ActionForm
from django.http import HttpRequest

from apps.core.text import one_line

LONGEST_REASON = 300


class OneLine(forms.CharField):
    """Text that is made fit to be kept, instead of turned away: the action must not get lost."""

    def to_python(self, value: Any) -> str:
        """Put it on one line and cut it, before anything is checked."""
        return one_line(super().to_python(value) or "", LONGEST_REASON)


class WhyForm(ActionForm):
    """An action with a reason, which the log keeps."""

    why = OneLine(required=False, max_length=LONGEST_REASON, label="Why")


def reason(request: HttpRequest) -> str:
    """Read why somebody acts, as the log can keep it."""
    return one_line(request.POST.get("why", ""), LONGEST_REASON)


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
