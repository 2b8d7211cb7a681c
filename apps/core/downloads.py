"""Handing out what came from outside: as a file to keep, never as something to show."""

from typing import IO

from django.http import FileResponse, HttpResponseBase

from apps.core.text import file_name

LOCKED = "default-src 'none'; sandbox; base-uri 'none'; form-action 'none'"
LONGEST_NAME = 200


def download(content: IO[bytes], *, name: str) -> HttpResponseBase:
    """Send bytes as a download under a name that says what it shows."""
    response = FileResponse(
        content,
        as_attachment=True,
        filename=file_name(name, LONGEST_NAME),
        content_type="application/octet-stream",
    )
    return caged(response, LOCKED)


def caged(response: HttpResponseBase, policy: str) -> HttpResponseBase:
    """Forbid what a browser could be talked into doing with foreign content."""
    response["Content-Security-Policy"] = policy
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Referrer-Policy"] = "no-referrer"
    return response
