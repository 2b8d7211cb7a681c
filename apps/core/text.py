"""Text as people type it, made fit to be kept."""


def storable(text: str) -> str:
    """Text as PostgreSQL keeps it, whatever it quotes: no NUL bytes, no lone surrogates."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")


def clean_text(text: str) -> str:
    """Text as PostgreSQL keeps it, with ordinary line ends."""
    return storable(text).replace("\r\n", "\n").replace("\r", "\n")


def one_line(text: str, length: int) -> str:
    """The beginning of a text on one line, cut at ``length`` characters."""
    flat = " ".join(clean_text(text[: length * 8]).split())
    return flat if len(flat) <= length else f"{flat[: length - 1].rstrip()}…"
