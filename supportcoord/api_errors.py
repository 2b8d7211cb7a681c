"""The one place where an error becomes an HTTP answer: a problem document (RFC 9457)."""

import logging
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.views import defaults
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.settings import api_settings

from apps.coordination.services.taking_in import KeyInFlight, KeyReused
from apps.core.errors import DomainError, NotFound, Stale, Unavailable

log = logging.getLogger(__name__)

PROBLEM = "application/problem+json"
RETRY_AFTER = 10

DOMAIN: tuple[tuple[type[DomainError], int], ...] = (
    (NotFound, 404),
    (Stale, 412),
    (KeyReused, 422),
    (Unavailable, 503),
    (DomainError, 409),
)
READABLE = (UnreadablePostError, MultiPartParserError, SuspiciousOperation, BadRequest)


def answer_for(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer every error of an API view; None for a bug, which Django logs, answering 500."""
    for kinds, answer in ANSWERS:
        if isinstance(error, kinds):
            return answer(error, context)
    return None


def problem(
    status: int, *, detail: str, code: str, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    """A problem document. ``code`` is for machines and never changes; ``detail`` is for people."""
    body = problem_body(status, detail=detail, code=code, **more)
    return Response(body, status=status, headers=dict(headers or {}), content_type=PROBLEM)


def problem_body(status: int, *, detail: str, code: str, **more: Any) -> dict[str, Any]:
    """The members of a problem document."""
    title = HTTPStatus(status).phrase
    head = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return {**head, "code": code, **more}


def domain_problem(error: DomainError, context: dict[str, Any]) -> Response:
    """Something the domain refuses, or cannot do now."""
    status = next(status for kind, status in DOMAIN if isinstance(error, kind))
    headers = {}
    if status == 503 or isinstance(error, KeyInFlight):
        headers["Retry-After"] = str(RETRY_AFTER if status == 503 else 1)
    if isinstance(error, Stale) and "version" in error.facts:
        headers["ETag"] = f'"{error.facts["version"]}"'
    facts = {name: plain(value) for name, value in error.facts.items()}
    return problem(status, detail=str(error), code=error.code, headers=headers, facts=facts)


def plain(value: object) -> Any:
    """A fact as JSON."""
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def invalid(error: ValidationError, context: dict[str, Any]) -> Response:
    """What is wrong with which value."""
    request = context.get("request")
    place = "query" if request is not None and request.method in ("GET", "HEAD") else "body"
    errors = [
        {"in": place, "pointer": pointer, "detail": said}
        for pointer, said in mistakes(error.detail, "#")
    ]
    detail = "; ".join(f"{item['pointer'][2:] or place}: {item['detail']}" for item in errors[:3])
    return problem(400, detail=detail, code="invalid", errors=errors)


def mistakes(detail: Any, pointer: str) -> Iterator[tuple[str, str]]:
    """Every mistake with a JSON pointer to its value."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            own = name == api_settings.NON_FIELD_ERRORS_KEY
            yield from mistakes(inner, pointer if own else f"{pointer}/{name}")
    elif isinstance(detail, list):
        for at, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list)
            yield from mistakes(inner, f"{pointer}/{at}" if nested else pointer)
    else:
        yield pointer, str(detail)


def http_problem(error: APIException, context: dict[str, Any]) -> Response:
    """What the framework refuses: no key, another method, a type that nobody reads."""
    headers = {}
    if said := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = said
    if (wait := getattr(error, "wait", None)) is not None:
        headers["Retry-After"] = str(max(1, int(wait)))
    return problem(
        error.status_code, detail=str(error.detail), code=error.default_code, headers=headers
    )


def missing(error: Exception, context: dict[str, Any]) -> Response:
    """There is nothing at this address."""
    return problem(404, detail="There is nothing at this address.", code="not_found")


def forbidden(error: Exception, context: dict[str, Any]) -> Response:
    """The caller may not do this."""
    return problem(403, detail=str(error) or "You may not do this.", code="permission_denied")


def database_away(error: Exception, context: dict[str, Any]) -> Response:
    """PostgreSQL is away or too busy: nothing was done."""
    log.error("PostgreSQL could not be asked: %s", error)
    headers = {"Retry-After": str(RETRY_AFTER)}
    detail = "The database cannot be asked at the moment. Nothing was changed; try again."
    return problem(503, detail=detail, code="database_unavailable", headers=headers)


def unstorable(error: Exception, context: dict[str, Any]) -> Response:
    """A value passed the checks and the database cannot keep it."""
    log.warning("A value passed the checks of %s: %s", type(context.get("view")).__name__, error)
    detail = "A value is out of range, or has a character that cannot be kept."
    return problem(400, detail=detail, code="unstorable")


def conflicting(error: Exception, context: dict[str, Any]) -> Response:
    """Two requests at once met in a constraint."""
    log.warning("A constraint refused what %s wrote", type(context.get("view")).__name__)
    detail = "Something that this refers to was changed meanwhile. Read it again."
    return problem(409, detail=detail, code="conflict")


def unreadable(error: Exception, context: dict[str, Any]) -> Response:
    """The request cannot be read."""
    if isinstance(error, RequestDataTooBig):
        return problem(413, detail="The body is too large.", code="too_large")
    return problem(400, detail="The request cannot be read.", code="unreadable")


Kinds = type[Exception] | tuple[type[Exception], ...]
ANSWERS: tuple[tuple[Kinds, Callable[[Any, dict[str, Any]], Response]], ...] = (
    (DomainError, domain_problem),
    (ValidationError, invalid),
    (APIException, http_problem),
    (Http404, missing),
    (PermissionDenied, forbidden),
    ((OperationalError, InterfaceError), database_away),
    ((DataError, UnicodeEncodeError), unstorable),
    (IntegrityError, conflicting),
    (READABLE, unreadable),
)


def page(status: int, detail: str, code: str, otherwise: Callable[..., Any]) -> Callable[..., Any]:
    """One of Django's error pages: a problem document under /api/, its own page elsewhere."""

    def handler(request: HttpRequest, *args: Any, **values: Any) -> HttpResponseBase:
        if request.path.startswith("/api/"):
            body = problem_body(status, detail=detail, code=code)
            return JsonResponse(body, status=status, content_type=PROBLEM)
        answer: HttpResponseBase = otherwise(request, *args, **values)
        return answer

    return handler


handler400 = page(400, "The request cannot be read.", "unreadable", defaults.bad_request)
handler403 = page(403, "You may not do this.", "permission_denied", defaults.permission_denied)
handler404 = page(404, "There is nothing at this address.", "not_found", defaults.page_not_found)
handler500 = page(500, "This is a mistake of ours; it was logged.", "bug", defaults.server_error)
