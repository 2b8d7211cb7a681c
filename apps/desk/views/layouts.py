"""A mail as its sender laid it out: a page of ours around a cage, and what is in the cage."""

from typing import Any

from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from apps.core.downloads import caged
from apps.desk.layout import lay_out
from apps.desk.present.originals import pictures_told
from apps.desk.queries.pictures import own_pictures
from apps.desk.views.access import desk_page
from apps.desk.views.files import message_of
from apps.tickets.models import Message

SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src {pictures}; base-uri 'none'; "
    f"form-action 'none'; frame-ancestors 'self'; sandbox {SANDBOX}"
)
"""Links open pages of their own; else nothing in a mail can run, load, ask or be anybody."""


@require_safe
@csp_replace({"frame-ancestors": ["'self'"]})  # type: ignore[arg-type]
@xframe_options_sameorigin
@desk_page
def layout(request: HttpRequest, number: int, message_id: int) -> HttpResponse:
    """Show the cage, and offer pictures from elsewhere for this once."""
    message = with_html(request, number, message_id)
    shows = asked_for_pictures(request)
    laid = lay_out(message.html, embedded={})
    body = reverse("desk:original_body", args=[number, message_id])
    shown: dict[str, Any] = {
        "body_url": f"{body}?pictures=1" if shows else body,
        "shows": shows,
        "told": pictures_told(laid.elsewhere, list(laid.hosts), shows=shows),
        "sandbox": SANDBOX,
    }
    return render(request, "desk/layout.html", {"layout": shown})


@require_safe
@xframe_options_sameorigin
@desk_page
def original_body(request: HttpRequest, number: int, message_id: int) -> HttpResponseBase:
    """Send the HTML of a mail. It runs nothing, loads what was asked for, is nobody's origin."""
    message = with_html(request, number, message_id)
    shows = asked_for_pictures(request)
    laid = lay_out(message.html, embedded=own_pictures(message), pictures=shows)
    response = HttpResponse(laid.html, content_type="text/html; charset=utf-8")
    return caged(response, POLICY.format(pictures="data: https: http:" if shows else "data:"))


def with_html(request: HttpRequest, number: int, message_id: int) -> Message:
    """A message of this ticket that has HTML."""
    message = message_of(request, number, message_id)
    if not message.html:
        raise Http404
    return message


def asked_for_pictures(request: HttpRequest) -> bool:
    """Whether somebody asked for the pictures from elsewhere just now."""
    return request.GET.get("pictures") == "1"
