"""Filters of lists that check what they are given."""

from typing import Any

from django import forms
from django_filters.rest_framework import CharFilter, Filter


class IdFilter(Filter):
    """Rows that refer to the row with this number."""

    field_class = forms.IntegerField

    def __init__(self, field_name: str, **options: Any) -> None:
        super().__init__(field_name=field_name, min_value=1, max_value=2**63 - 1, **options)


class WordsFilter(CharFilter):
    """A search for words."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=200, strip=True, **options)
