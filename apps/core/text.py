"""Text as people type it, made fit to be kept."""


def storable(text: str) -> str:
    """Text as PostgreSQL keeps it, whatever it quotes: no NUL bytes, no lone surrogates."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")


def clean_text(text: str) -> str:
    """Text as PostgreSQL keeps it, with ordinary line ends."""
    return storable(text).replace("\r\n", "\n").replace("\r", "\n")


def untagged(address: str) -> str:
    """A mail address without what stands behind a plus: ``help+anything@`` is ``help@``."""
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def one_line(text: str, length: int) -> str:
    """The beginning of a text on one line, cut at ``length`` characters."""
    flat = " ".join(clean_text(text[: length * 8]).split())
    return flat if len(flat) <= length else f"{flat[: length - 1].rstrip()}…"
