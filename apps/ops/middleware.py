"""The probes are answered before hosts, cookies and redirects are looked at."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from apps.ops.views import healthz, numbers, readyz

PROBES = {"/healthz": healthz, "/readyz": readyz, "/metrics": numbers}


class AnswerProbes:
    """A load balancer asks by address and without a cookie; it gets its answer all the same."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a probe here, and hand on everything else."""
        return PROBES.get(request.path, self.get_response)(request)
