"""Raw mail as a request's body."""

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

from apps.channels.types import MEGABYTE, MOST_BYTES


class MailTooLarge(APIException):
    """The mail is more than is taken in."""

    status_code = 413
    default_code = "mail_too_large"
    default_detail = f"The mail is larger than {MOST_BYTES // MEGABYTE} MB."


class RawMailParser(BaseParser):
    """Takes the body as it is: `message/rfc822`."""

    media_type = "message/rfc822"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the bytes. Raises MailTooLarge."""
        raw: bytes = stream.read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            raise MailTooLarge
        return raw


class OctetStreamParser(RawMailParser):
    """The same, for clients that only know bytes."""

    media_type = "application/octet-stream"


def raw_mail(data: Any) -> bytes:
    """The request's mail. Raises ParseError where there is none."""
    if not isinstance(data, bytes) or not data:
        raise ParseError("The body is empty; send the mail as it came.")
    return data
