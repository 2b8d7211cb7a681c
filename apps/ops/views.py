"""`/healthz`: is all alive and moving; `/readyz`: can it work, or why not; `/metrics`: numbers."""

import hmac

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from apps.ops import metrics
from apps.ops.health import OK, Report, readiness, vitality


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Say 200 while this process answers, a coordinator sweeps and work moves, else 503."""
    return answer(vitality())


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Say 200 when the database, its migrations and the broker are there, else 503."""
    return answer(readiness())


def answer(report: Report) -> JsonResponse:
    """Give a report, part by part, with a status that a machine understands."""
    fine = all(finding.startswith(OK) for finding in report.values())
    response = JsonResponse({"ok": fine, "parts": report}, status=200 if fine else 503)
    response.headers["Cache-Control"] = "no-store"
    # A probe comes every few seconds and has its reader; Django need not log each refusal too.
    vars(response)["_has_been_logged"] = True
    return response


@require_safe
def numbers(request: HttpRequest) -> HttpResponse:
    """Serve the metrics to who shows METRICS_KEY; without that setting there are none."""
    if not settings.METRICS_KEY:
        return said("There are no metrics here: METRICS_KEY is not set.", 404)
    if not shows_key(request):
        refused = said("Send METRICS_KEY as Authorization: Bearer.", 401)
        refused.headers["WWW-Authenticate"] = 'Bearer realm="metrics"'
        return refused
    try:
        return said(metrics.as_text(), 200, metrics.CONTENT_TYPE)
    except DatabaseError:
        return said("The database does not answer.", 503)


def shows_key(request: HttpRequest) -> bool:
    """Whether the caller knows the key; how much of it is right is not told by the time taken."""
    scheme, _, shown = request.headers.get("Authorization", "").strip().partition(" ")
    known = hmac.compare_digest(shown.strip().encode(), settings.METRICS_KEY.encode())
    return scheme.lower() == "bearer" and known


def said(text: str, status: int, kind: str = "text/plain; charset=utf-8") -> HttpResponse:
    """Answer in plain text that nobody keeps."""
    response = HttpResponse(text, status=status, content_type=kind)
    response.headers["Cache-Control"] = "no-store"
    vars(response)["_has_been_logged"] = True
    return response
