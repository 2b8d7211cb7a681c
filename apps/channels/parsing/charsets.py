"""From bytes to text, whatever charset they claim to be in."""

import codecs
from functools import lru_cache

from charset_normalizer import from_bytes

from apps.channels.parsing import limits

# Text codecs that are no charsets of mail; the first two take quadratic time.
REFUSED_CODECS = {"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined"}
# What mail without a truthful charset is really written in, as far as a guess can tell apart.
GUESSES = [
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r",
    "shift_jis", "euc_jp", "iso2022_jp", "gb18030", "big5", "euc_kr",
]  # fmt: skip
LATIN = {"cp1250", "cp1252", "cp1254"}


def decode_bytes(data: bytes, charset: str = "", *, is_cut: bool = False) -> str:
    """Decode by the charset named, else UTF-8, else by a guess; never fails.

    Where the bytes were cut off, half a character at the end is no mistake.
    """
    names = list(dict.fromkeys(filter(None, (_codec(charset), "utf-8"))))
    for name in names:
        try:
            return codecs.getincrementaldecoder(name)().decode(data, final=not is_cut)
        except UnicodeError:
            continue
    for name in names:
        text = data.decode(name, errors="replace")
        if _is_nearly_right(text, name):
            return text
    return _decode_by_guess(data)


def _is_nearly_right(text: str, name: str) -> bool:
    """Whether a decoding with holes in it is still the right one: a few bytes were damaged."""
    holes = text.count("\ufffd")
    foreign = len(text) - len(text.encode("ascii", "ignore")) - holes
    return foreign > 2 * holes or (name.startswith(("utf-16", "utf-32")) and holes < len(text) / 4)


def is_known(charset: str) -> bool:
    """Whether text may be decoded by this name."""
    return not charset or bool(_codec(charset))


@lru_cache(maxsize=256)
def _codec(charset: str) -> str:
    """Look up the codec of a charset name; ASCII is read as UTF-8, Latin-1 as browsers do."""
    try:
        name = codecs.lookup(charset.strip().strip("\"'")).name
        b"".decode(name)
    except (LookupError, ValueError):
        return ""
    if name in REFUSED_CODECS:
        return ""
    return {"ascii": "utf-8", "iso8859-1": "cp1252"}.get(name, name)


def _decode_by_guess(data: bytes) -> str:
    best = from_bytes(data[: limits.GUESS_SAMPLE], cp_isolation=GUESSES).best()
    name = best.encoding if best else "cp1252"
    # Short Western lines look like Central European ones to any guesser.
    name = "cp1252" if name in LATIN else name
    try:
        return data.decode(name)
    except UnicodeError:
        return data.decode("latin-1" if name == "cp1252" else name, errors="replace")


def clean_text(text: str) -> str:
    """Make text storable: line ends are one character; NUL, other controls, lone surrogates go."""
    if text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufeff", "")
    return text.translate(_CONTROLS).encode("utf-8", "replace").decode("utf-8")


def clean_line(text: str, most: int) -> str:
    """One line of at most ``most`` characters, without controls or direction overrides."""
    return " ".join(clean_text(text[: most * 4]).translate(_DIRECTIONS).split())[:most].rstrip()


_CONTROLS = {code: None for code in [*range(32), *range(127, 160)] if code not in {9, 10}}
# They make "exe.fdp" read as "pdf.exe".
_DIRECTIONS = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
