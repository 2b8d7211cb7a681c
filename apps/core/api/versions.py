"""Versions of records in HTTP headers: ``ETag`` out, ``If-Match`` in."""

import re

from rest_framework.exceptions import ParseError
from rest_framework.request import Request

TAG = re.compile(r'"([0-9]{1,9})"')


def etag(version: int) -> str:
    """A version as an entity tag."""
    return f'"{version}"'


def version_asked(request: Request) -> int | None:
    """The version a caller saw, from ``If-Match``; none when it does not mind.

    Raises ParseError for what was never one of our tags.
    """
    asked = request.headers.get("If-Match", "*").strip()
    if asked == "*":
        return None
    tag = TAG.fullmatch(asked)
    if tag is None:
        raise ParseError('If-Match takes one ETag of this record, such as "7".')
    return int(tag[1])
