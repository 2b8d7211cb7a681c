"""Around every request: a trace that its log lines, events and runs carry, and one log line."""

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from apps.coordination.events import acting

log = logging.getLogger(__name__)

HEADER = "X-Request-ID"
ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{8,32}")


class Trace:
    """Takes the caller's trace, or makes one; the answer names it, so that a report can."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer within the trace."""
        offered = request.headers.get(HEADER, "")
        trace = offered if ACCEPTABLE.fullmatch(offered) else uuid.uuid4().hex
        began = time.monotonic()
        with acting(trace_id=trace):
            response = self.get_response(request)
            response.headers[HEADER] = trace
            log.info(
                "%s answered",
                request.method,
                extra={
                    "path": request.path,
                    "status": response.status_code,
                    "milliseconds": round(1000 * (time.monotonic() - began)),
                },
            )
        return response
