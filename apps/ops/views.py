"""`/healthz`: is this process alive and are timers kept; `/readyz`: can it work, and why not."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from apps.ops.health import OK, Report, readiness, vitality


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Say 200 while this process answers and a coordinator sweeps, else 503."""
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
