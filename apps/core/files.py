"""Plain decisions about files: what one is, and whether anybody should open it."""

from collections.abc import Collection

from puremagic import magic_string

PROGRAM = "application/vnd.microsoft.portable-executable"
SHORTCUT = "lnk"
SURE = 0.3
"""Two bytes that agree say nothing, three say enough to name a type."""
CERTAIN = 0.8
TEXT_SAMPLE = 4_096
CONTAINERS = {".zip": "application/zip", ".msi": "application/x-ole-storage"}
"""What files of many kinds begin with; only their name or their sender can say which it is."""


def found_type(data: bytes, *, name: str = "", declared: str = "") -> str:
    """What the content is, whatever it is called; nothing where the content does not say.

    Where it may be several things, the declared type or the name decides among them.
    """
    if is_program(data):
        return PROGRAM
    found = candidates(data)
    if not found:
        return "text/plain" if looks_like_text(data) else ""
    kinds = [kind for _, kind in found if kind]
    if declared in kinds:
        return declared
    ending = f".{extension(name)}"
    if named := [kind for end, kind in found if end == ending and kind]:
        return named[0]
    ends = {end for end, _ in found}
    boxes = (kind for end, kind in CONTAINERS.items() if end in ends)
    return next(boxes, "") or next(iter(kinds), "")


def why_blocked(name: str, data: bytes, *, types: Collection[str]) -> str:
    """Why nobody should open this file, by its name or by what it is; empty when they may."""
    ending = extension(name)
    if ending in types:
        return f"Files that end with .{ending} are not handed out."
    if "exe" in types and is_program(data):
        return "It is a program for Windows, whatever its name says."
    if SHORTCUT in types and (".lnk", "") in candidates(data, least=CERTAIN):
        return "It is a shortcut of Windows, whatever its name says."
    return ""


def extension(name: str) -> str:
    """The last ending of a name in lower case; as in Windows, dots and blanks at its end go."""
    plain = name.partition(":")[0].rstrip(". ").lower()
    _, dot, ending = plain.rpartition(".")
    return ending.strip() if dot else ""


def is_program(data: bytes) -> bool:
    """Whether Windows would run it: its first bytes say where the second mark is."""
    if data[:2] != b"MZ" or len(data) < 64:
        return False
    at = int.from_bytes(data[60:64], "little")
    return data[at : at + 4] == b"PE\0\0"


def candidates(data: bytes, *, least: float = SURE) -> list[tuple[str, str]]:
    """Endings and types that the first and last bytes agree with, the likeliest first."""
    try:
        matches = magic_string(data)
    except (LookupError, ValueError):
        return []
    return [(match.extension, match.mime_type) for match in matches if match.confidence >= least]


def looks_like_text(data: bytes) -> bool:
    """Whether its beginning is UTF-8 without control characters."""
    sample = data[:TEXT_SAMPLE]
    if not sample or b"\0" in sample:
        return False
    text = sample.decode("utf-8", "ignore")
    cut_off = 3  # bytes of a character that the sample ends in
    return len(text.encode()) >= len(sample) - cut_off and all(
        char.isprintable() or char in "\r\n\t\f" for char in text
    )
