"""Text as people type it, made fit to be kept."""


def storable(text: str) -> str:
    """Text as PostgreSQL keeps it, whatever it quotes: no NUL bytes, no lone surrogates."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")


def clean_text(text: str) -> str:
    """Text as PostgreSQL keeps it, with ordinary line ends."""
    return storable(text).replace("\r\n", "\n").replace("\r", "\n")


def read_number(text: str, *, digits: int = 18) -> int | None:
    """The number that an address or a form names; None for anything else, or a longer one."""
    good = text.isascii() and text.isdecimal() and len(text) <= digits
    return int(text) if good else None


def untagged(address: str) -> str:
    """A mail address without what stands behind a plus: ``help+anything@`` is ``help@``."""
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def one_line(text: str, length: int) -> str:
    """The beginning of a text on one line, cut at ``length`` characters."""
    flat = " ".join(clean_text(text[: length * 8]).split())
    return flat if len(flat) <= length else f"{flat[: length - 1].rstrip()}…"


def many(count: int, one: str, more: str = "") -> str:
    """A number with its noun, and its verb: ``1 mail``, ``2 mails``, ``1,042 mails lie``."""
    return f"{count} {one}" if count == 1 else f"{count:,} {more or one + 's'}"


DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
HIDDEN = dict.fromkeys(map(ord, DIRECTIONS + "\u200b\u2060\ufeff"))
"""Characters nobody sees; some of them make "exe.fdp" read as "pdf.exe"."""
IN_NO_NAME = str.maketrans(dict.fromkeys('<>:"|?*', "_"))


def file_name(text: str, length: int) -> str:
    """A name for a file that says what it shows, names no folder, and keeps its ending."""
    shown = (char for char in text.translate(HIDDEN) if char.isprintable() or char.isspace())
    last = "".join(shown).replace("\\", "/").rstrip("/").rpartition("/")[2]
    name = one_line(last.translate(IN_NO_NAME), 8 * length).strip(". ") or "attachment"
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem or len(ending) > 12:
        return name[:length]
    return f"{stem[: length - len(ending) - 1]}.{ending}"
