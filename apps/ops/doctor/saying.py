"""How the doctor says lengths of time, sizes and numbers."""

UNITS = ((86_400, "days"), (3600, "h"), (60, "min"))


def span(seconds: float) -> str:
    """A length of time in one unit: 42 s, 3 min, 5 h, 2 days."""
    whole = round(seconds)
    for length, unit in UNITS:
        if whole >= 2 * length:
            return f"{whole // length} {unit}"
    return f"{whole} s"


def size(count: int) -> str:
    """A number of bytes in megabytes."""
    return "less than 1 MB" if count < 1_000_000 else f"{count / 1_000_000:.0f} MB"


def sentence(text: str) -> str:
    """Begin large and end with a point."""
    text = " ".join(text.split())
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"


def cited(error: str, most: int = 160) -> str:
    """The beginning of what an error said, fit for the end of a sentence."""
    said = " ".join(error.split())
    return (said[:most].rstrip() + " …") if len(said) > most else said.rstrip(".")
