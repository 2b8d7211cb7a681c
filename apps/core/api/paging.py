"""Pages by position in an index: stable while rows come and go, equally quick at any depth."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError as ModelValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.timezone import is_naive
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

PAGE_SIZE, MOST = 25, 100
Ordering = tuple[str, ...]
BAD_CURSOR = "This cursor is not one of ours; start again without it."


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """A place between two rows: before or after the row with these values."""

    sort: str
    back: bool
    place: tuple[Any, ...]

    def token(self) -> str:
        """The cursor as it stands in an address."""
        text = json.dumps([self.sort, self.back, *map(plain, self.place)])
        return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def plain(value: Any) -> Any:
    """A column's value as JSON."""
    return value.isoformat() if isinstance(value, datetime) else value


def read_cursor(token: str, sort: str, model: type[Model], ordering: Ordering) -> Cursor:
    """Read a cursor back. Raises ValidationError for one that we never made."""
    try:
        text = urlsafe_b64decode(token.encode() + b"=" * (-len(token) % 4))
        said, back, *values = json.loads(text)
        if said != sort or back not in (True, False) or len(values) != len(ordering):
            raise ValueError  # noqa: TRY301 - as good as a value that cannot be read
        place = tuple(
            column_value(model, name.lstrip("-"), value)
            for name, value in zip(ordering, values, strict=True)
        )
    except (ValueError, TypeError, OverflowError, RecursionError, ModelValidationError):
        raise ValidationError({"cursor": [BAD_CURSOR]}) from None
    return Cursor(sort=sort, back=bool(back), place=place)


def column_value(model: type[Model], name: str, value: Any) -> Any:
    """A value from outside as the column's own type. Raises ValueError."""
    if not isinstance(value, str | int | float) or (isinstance(value, str) and "\x00" in value):
        raise ValueError
    field: Any = model._meta.get_field(name)
    read = field.to_python(value)
    cut = isinstance(value, float) and not isinstance(read, float)
    if cut or (isinstance(read, datetime) and is_naive(read)):
        raise ValueError
    return read


def beyond(ordering: Ordering, place: tuple[Any, ...], *, descending: bool) -> Q:
    """Rows after a place, written so that the index of the first column bounds the search."""
    (name, *names), (value, *values) = ordering, place
    column, than = name.lstrip("-"), "lt" if descending else "gt"
    if not names:
        return Q(**{f"{column}__{than}": value})
    rest = beyond(tuple(names), tuple(values), descending=descending)
    return Q(**{f"{column}__{than}e": value}) & (Q(**{f"{column}__{than}": value}) | rest)


class KeysetPagination(BasePagination):
    """A list's pages. The view names its ``sorts``; each ends in a unique column.

    ``sorts`` maps the words of ``?sort=`` to columns of one direction; the first is the default.
    A view with a single order says ``ordering`` instead.
    """

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any]:
        """One page of rows, and the cursors around it. Raises ValidationError."""
        self.request = request
        self.sort, self.ordering = chosen_sort(request, sorts_of(view))
        size = chosen_size(request)
        token = request.query_params.get("cursor")
        given = token and read_cursor(token, self.sort, queryset.model, self.ordering)
        self.cursor = given or None
        found = list(self.ordered(queryset)[: size + 1])
        more, page = len(found) > size, found[:size]
        back = bool(self.cursor and self.cursor.back)
        self.page = page[::-1] if back else page
        self.has_next, self.has_previous = (True, more) if back else (more, bool(self.cursor))
        return self.page

    def ordered(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows beyond the cursor, in the direction that it looks."""
        descending = self.ordering[0].startswith("-")
        if self.cursor is None:
            return queryset.order_by(*self.ordering)
        looks_down = descending != self.cursor.back
        rows = queryset.filter(
            beyond(self.ordering, self.cursor.place, descending=looks_down)
        ).order_by(*self.ordering)
        return rows.reverse() if self.cursor.back else rows

    def get_paginated_response(self, data: Any) -> Response:
        """The page with the addresses of its neighbours."""
        return Response(
            {
                "next": self.address(back=False) if self.has_next else None,
                "previous": self.address(back=True) if self.has_previous else None,
                "results": data,
            }
        )

    def address(self, *, back: bool) -> str | None:
        """Where the neighbouring page is; nothing beside an empty page."""
        if not self.page:
            return None
        row = self.page[0 if back else -1]
        place = tuple(getattr(row, name.lstrip("-")) for name in self.ordering)
        token = Cursor(sort=self.sort, back=back, place=place).token()
        return replace_query_param(self.request.build_absolute_uri(), "cursor", token)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """How a page looks in the description of the interface."""
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """The parameters of every list."""
        size = {"type": "integer", "minimum": 1, "maximum": MOST, "default": PAGE_SIZE}
        said = "Where to go on: follow `next` and `previous` rather than make one."
        found = [
            parameter("page_size", "How many rows.", size),
            parameter("cursor", said, {"type": "string"}),
        ]
        sorts = list(sorts_of(view))
        if len(sorts) > 1:
            words = {"type": "string", "enum": sorts, "default": sorts[0]}
            found.append(parameter("sort", "In which order.", words))
        return found


def parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    """One optional query parameter."""
    head = {"name": name, "in": "query", "required": False, "description": description}
    return {**head, "schema": schema}


def sorts_of(view: APIView | None) -> Mapping[str, Ordering]:
    """The orders that a view offers."""
    only = {"": getattr(view, "ordering", ("-id",))}
    return getattr(view, "sorts", None) or only


def chosen_sort(request: Request, sorts: Mapping[str, Ordering]) -> tuple[str, Ordering]:
    """The order that was asked for, or the first. Raises ValidationError."""
    default = next(iter(sorts))
    if len(sorts) == 1:
        return default, sorts[default]
    word = request.query_params.get("sort", default)
    if word not in sorts:
        raise ValidationError({"sort": [f"Choose one of {', '.join(sorts)}."]})
    return word, sorts[word]


def chosen_size(request: Request) -> int:
    """How many rows were asked for. Raises ValidationError."""
    asked = request.query_params.get("page_size", str(PAGE_SIZE))
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 9 and 1 <= int(asked) <= MOST):
        raise ValidationError({"page_size": [f"Write a whole number from 1 to {MOST}."]})
    return int(asked)
