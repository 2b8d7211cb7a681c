"""JSON as the interface takes it: UTF-8, finite numbers, text that PostgreSQL can keep."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.parsers import BaseParser

SUSPECT = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
UNKEPT = re.compile("[\x00\ud800-\udfff]")


class TooLarge(APIException):
    """The body is larger than the server reads."""

    status_code = 413
    default_code = "too_large"

    def __init__(self) -> None:
        super().__init__(f"The body is larger than {settings.API_BODY_LIMIT // 2**20} MiB.")


class StrictJSONParser(BaseParser):
    """Reads a JSON document, or says what is wrong with it."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the document's values. Raises ParseError, ValidationError, TooLarge."""
        text = text_of(body_of(stream))
        try:
            data = json.loads(text, parse_constant=refuse_number, parse_float=finite)
        except RecursionError:
            raise ParseError("The JSON is nested too deeply.") from None
        except ValueError as error:
            raise ParseError(f"The body is not JSON: {error}") from None
        if SUSPECT.search(text) and (places := list(unkept(data))):
            raise ValidationError(nested(places))
        return data


def body_of(stream: IO[Any]) -> bytes:
    """The whole body, never more than the limit. Raises TooLarge."""
    body: bytes = stream.read(settings.API_BODY_LIMIT + 1)
    if len(body) > settings.API_BODY_LIMIT:
        raise TooLarge
    return body


def text_of(body: bytes) -> str:
    """JSON is UTF-8, whatever charset a header claims."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ParseError(f"The body is not UTF-8 (at byte {error.start}).") from None


def refuse_number(name: str) -> float:
    """NaN and Infinity are no JSON."""
    raise ValueError(f"{name} is not a number in JSON")


def finite(digits: str) -> float:
    """A number that fits; 1e999 does not."""
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError(f"{digits[:20]} is too large")
    return value


def unkept(data: Any) -> Iterator[tuple[str, ...]]:
    """The places of texts with a NUL or half a surrogate pair, which no database keeps."""
    rest: list[tuple[tuple[str, ...], Any]] = [((), data)]
    while rest:
        place, value = rest.pop()
        if isinstance(value, str) and UNKEPT.search(value):
            yield place
        elif isinstance(value, list):
            rest += [((*place, str(at)), item) for at, item in enumerate(value)]
        elif isinstance(value, dict):
            for name, item in value.items():
                if UNKEPT.search(name):
                    yield place
                rest.append(((*place, UNKEPT.sub("\ufffd", name)), item))


def nested(places: list[tuple[str, ...]]) -> dict[str, Any]:
    """Those places in the shape in which serializers report mistakes."""
    said = ["This text has a character that cannot be kept (NUL or a lone surrogate)."]
    return {"/".join(place) or "non_field_errors": said for place in places}
