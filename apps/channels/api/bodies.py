"""Reading a request that is larger than what Django takes elsewhere, on these addresses alone."""

from io import BytesIO
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import ChunkIter, LazyStream, Parser
from django.utils.datastructures import MultiValueDict

MOST_FIELDS = 1000


def read_whole(request: HttpRequest, *, most: int) -> None:
    """Read all of it. Raises RequestDataTooBig, and ValueError for a form that is none.

    Django would cut a field off at DATA_UPLOAD_MAX_MEMORY_SIZE, which all other pages need as
    it is; a provider posts a whole mail as one field.
    """
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > most:
        raise RequestDataTooBig
    body = request.read(most + 1)
    if len(body) > most:
        raise RequestDataTooBig
    form: Any = request
    form._body = body
    if request.content_type == "multipart/form-data":
        form._post, form._files = parsed(request, body)


def parsed(request: HttpRequest, body: bytes) -> tuple[QueryDict, MultiValueDict[str, Any]]:
    """The fields and the files of a form. Raises ValueError."""
    boundary = (request.content_params or {}).get("boundary", "").encode("ascii", "strict")
    if not boundary or len(boundary) > 200:
        raise ValueError("A form needs a boundary.")
    fields, files = QueryDict(mutable=True), MultiValueDict[str, Any]()
    stream = LazyStream(ChunkIter(BytesIO(body), 65_536))
    for number, (_kind, headers, part) in enumerate(Parser(stream, boundary)):
        if number > MOST_FIELDS:
            raise ValueError("A form has no so many fields.")
        data = part.read()
        told = headers.get("content-disposition", ("", {}))[1]
        name = text_of(told.get("name", b""))
        kind = str(headers.get("content-type", ("text/plain", {}))[0])
        if filename := text_of(told.get("filename", b"")):
            files.appendlist(name, SimpleUploadedFile(filename, data, kind))
        elif name:
            fields.appendlist(name, data.decode("utf-8", "replace"))
    return fields, files


def text_of(value: bytes | str) -> str:
    """A parameter of a header."""
    return value if isinstance(value, str) else value.decode("utf-8", "replace")
