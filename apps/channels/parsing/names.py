"""File names that are safe to show, to store and to offer for download."""

import mimetypes

from apps.channels.parsing import limits
from apps.channels.parsing.charsets import clean_line

FORBIDDEN = str.maketrans(dict.fromkeys('<>:"|?*', "_"))
RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)),
}


def safe_name(given: str, content_type: str, number: int) -> str:
    """Keep the last step of a path, without anything a file system or a header could trip over."""
    name = clean_line(given.replace("\\", "/"), 1000).rstrip("/").rpartition("/")[2]
    name = name.translate(FORBIDDEN).strip(". ")
    if not name:
        return f"part-{number}{_extension(content_type)}"
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 12:
        stem, extension = name, ""
    if stem.lower() in RESERVED:
        stem = f"_{stem}"
    ending = f".{extension}" if extension else ""
    return f"{stem[: limits.FILE_NAME - len(ending)]}{ending}"


def _extension(content_type: str) -> str:
    if content_type in {"message/rfc822", "message/global"}:
        return ".eml"
    if content_type.startswith(("text/", "message/")):
        return mimetypes.guess_extension(content_type) or ".txt"
    return mimetypes.guess_extension(content_type) or ".bin"
