"""Accounts in the administration."""

from apps.accounts.admin import keys, people

__all__ = ["keys", "people"]
