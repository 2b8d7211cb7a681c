"""The review queue in the admin: a list with filters and bulk accept, and a workbench."""

from apps.review.admin.listing import ReviewAdmin

__all__ = ["ReviewAdmin"]
