"""The ticket list, and its rows alone for a script."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.accounts.http import person
from apps.desk.place import Place
from apps.desk.present.dues import pressing
from apps.desk.present.lists import empty, more_url, rows_of
from apps.desk.queries import lists
from apps.desk.views.access import aimed_at, desk_page, local
from apps.desk.views.screens import counts_of, frame_of, place_of
from apps.escalation.queries import promises_of


@require_safe
@desk_page
def ticket_list(request: HttpRequest) -> HttpResponse:
    """Show the tickets of one place; to a script, only the rows it asked for."""
    place = place_of(request)
    if aimed_at(request, "rows") or aimed_at(request, "rows-more"):
        return rows(request, place)
    context = frame_of(request, place, at=timezone.now())
    if not aimed_at(request, "list"):
        return render(request, "desk/list.html", context)
    response = render(request, "desk/_list.html", context)
    if local(request.headers.get("HX-Current-URL", "")).partition("?")[0] == request.path:
        response["HX-Replace-Url"] = place.url
    return response


def rows(request: HttpRequest, place: Place) -> HttpResponse:
    """Send rows: a refreshed list of the same length, or the next page."""
    after, size = request.GET.get("after", ""), request.GET.get("size", "")
    page = lists.page_of(place, person(request), after=after, size=wanted(size))
    at = timezone.now()
    dues = pressing(promises_of(page.tickets), at=at)
    shown: dict[str, Any] = {
        "rows": rows_of(place, page, dues=dues, at=at),
        "more_url": more_url(place, page),
        "empty": empty(place),
    }
    if aimed_at(request, "rows-more"):
        return render(request, "desk/_rows_more.html", {"list": shown})
    counts = counts_of(request, place)
    shown["filters"] = counts.pop("filters")
    return render(request, "desk/_refresh.html", {"list": shown, **counts})


def wanted(size: str) -> int:
    """How many rows a script asks for; a page of them when that is not a number."""
    asked = size[:6]
    return int(asked) if asked.isascii() and asked.isdecimal() else lists.PAGE
