"""``Idempotency-Key``: a POST that comes twice with its key is done once and answered twice."""

import hashlib
import json
import re
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.db import transaction
from rest_framework.exceptions import ParseError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.api.permissions import caller
from apps.coordination.services.taking_in import Answer, remember_answer, take_in

HEADER = "Idempotency-Key"
ACCEPTABLE = re.compile(r"[\x20-\x7e]{1,255}")
KEPT_HEADERS = ("ETag", "Location")

V = TypeVar("V", bound=APIView)
P = ParamSpec("P")
Handler = Callable[Concatenate[V, Request, P], Response]


def once(handler: Handler[V, P]) -> Handler[V, P]:
    """Let a handler take ``Idempotency-Key``: its work and its answer commit together.

    The same key and request again gets the first answer, with ``Idempotency-Replayed: true``; a
    second one at the same moment waits for the first. The same key with another request is
    refused. An answer that says no (4xx, 5xx) changed nothing and is not kept: the key is free.
    """

    @wraps(handler)
    def taken_in_once(view: V, request: Request, /, *args: P.args, **values: P.kwargs) -> Response:
        key = key_of(request)
        if key is None:
            return handler(view, request, *args, **values)
        source = source_of(request)
        with transaction.atomic():
            earlier = take_in(source=source, external_id=key, request=fingerprint(request))
            if earlier:
                return replayed(earlier)
            response = handler(view, request, *args, **values)
            if response.status_code < 400:
                keep(response, source=source, key=key)
            else:
                transaction.set_rollback(True)
        return response

    taken_in_once.takes_in_once = True  # type: ignore[attr-defined]
    return taken_in_once


def key_of(request: Request) -> str | None:
    """The caller's key, if it sent one. Raises ParseError for one that cannot be kept."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not ACCEPTABLE.fullmatch(key.strip()):
        raise ParseError(f"{HEADER} takes 1 to 255 printable ASCII characters.")
    return key.strip()


def source_of(request: Request) -> str:
    """Keys are each caller's own: nobody meets another one's answers."""
    return f"api:{caller(request)}"


def row_key(request: Request) -> str:
    """A key for the row that a request makes: the same for the same request, else a fresh one."""
    key = key_of(request)
    if key is None:
        return f"api:{uuid.uuid4().hex}"
    asked = f"{source_of(request)} {request.path} {key}"
    return f"api:{hashlib.sha256(asked.encode()).hexdigest()[:48]}"


def fingerprint(request: Request) -> dict[str, Any]:
    """What was asked, so that a key cannot be used for something else."""
    data = request.data
    body = hashlib.sha256(data).hexdigest() if isinstance(data, bytes) else data
    return {"method": request.method, "path": request.get_full_path(), "body": body}


def keep(response: Response, *, source: str, key: str) -> None:
    """Remember an answer as it goes over the wire."""
    data = json.loads(JSONRenderer().render(response.data) or "null")
    headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    body = {"data": data, "headers": headers}
    remember_answer(source=source, external_id=key, status=response.status_code, body=body)


def replayed(answer: Answer) -> Response:
    """The first answer, marked."""
    headers = {**answer.body["headers"], "Idempotency-Replayed": "true"}
    return Response(answer.body["data"], status=answer.status, headers=headers)
