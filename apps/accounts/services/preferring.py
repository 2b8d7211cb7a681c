"""What people set for themselves."""

from django.db import transaction

from apps.accounts.models import User
from apps.core.db import locked
from apps.core.text import clean_text

MOST_UNDO = 60
"""So many seconds a reply waits at most for its author to take it back."""


@transaction.atomic
def change_preferences(*, user_id: int, signature: str, undo_seconds: int) -> User:
    """Set what stands below somebody's replies, and for how long these can be taken back."""
    user = locked(User, user_id)
    user.signature = clean_text(signature).strip()
    user.undo_seconds = max(0, min(undo_seconds, MOST_UNDO))
    user.save(update_fields=["signature", "undo_seconds"])
    return user
