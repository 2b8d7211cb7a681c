"""Text as people type it, made fit to be kept."""


def clean_text(text: str) -> str:
    """Text as PostgreSQL keeps it: no NUL bytes, no lone surrogates, ordinary line ends."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return whole.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")


def one_line(text: str, length: int) -> str:
    """The beginning of a text on one line, cut at ``length`` characters."""
    flat = " ".join(clean_text(text[: length * 8]).split())
    return flat if len(flat) <= length else f"{flat[: length - 1].rstrip()}…"
