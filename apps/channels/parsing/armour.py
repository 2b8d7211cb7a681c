"""What OpenPGP writes around a text it signs: taken off, for reading only."""

BEGINS = "-----BEGIN PGP SIGNED MESSAGE-----"
SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
ENDS = "-----END PGP SIGNATURE-----"
NEAR = 6


def without_armour(lines: list[str]) -> list[str]:
    """Take off the wrapper of a text that is signed from its first line on, and its dashes.

    Where the wrapper is not whole, the lines stay as they are (RFC 4880, 7).
    """
    begin = next((n for n, line in enumerate(lines) if line), len(lines))
    if lines[begin : begin + 1] != [BEGINS] or SIGNATURE not in lines:
        return lines
    text = _after_fields(lines, begin + 1)
    seal = lines.index(SIGNATURE)
    end = lines.index(ENDS, seal) + 1 if ENDS in lines[seal:] else len(lines)
    if text is None or text > seal:
        return lines
    return [line.removeprefix("- ") for line in lines[text:seal]] + lines[end:]


def _after_fields(lines: list[str], start: int) -> int | None:
    """The line below the fields (``Hash: SHA1``) and the empty one that ends them."""
    for number in range(start, min(start + NEAR, len(lines))):
        if not lines[number]:
            return number + 1
        if ": " not in lines[number]:
            return None
    return None
