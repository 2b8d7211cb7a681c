"""Reading the beginning of what may be large: JSON columns, cut in the database."""

from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast, Left, Length


def beginning(column: str, characters: int) -> dict[str, Any]:
    """Annotations with a JSON column's first characters and its whole length."""
    text = Cast(column, TextField())
    return {f"{column}_head": Left(text, characters), f"{column}_size": Length(text)}
