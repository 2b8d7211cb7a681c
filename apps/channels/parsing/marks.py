"""How mail programs announce old mail: attributions, header blocks, dividers, quotation marks."""

from apps.channels.parsing import limits
from apps.channels.parsing.phrases import FIELDS, OPENING, SAID, TITLES, WROTE

KIND = {name: kind for kind, names in FIELDS.items() for name in names}
DASHES = "-_=*\u2010\u2011\u2012\u2013\u2014\u2015"
RULE = ("____", "----", "====", "****", "—")
COLONS = (":", "\uff1a")
HEADER_LINES = 8
NAME_WORDS = 8
# What may begin with a small letter in a name.
PARTICLES = {"de", "da", "di", "du", "do", "dos", "del", "der", "den", "van", "von", "la", "le"}


def is_quote(line: str) -> bool:
    return line.lstrip().startswith((">", "|>"))


def is_divider(lines: list[str], number: int) -> bool:
    """Recognise ``-----Original Message-----``, or a rule above a header block."""
    line = lines[number][: limits.LINE].strip().lower()
    if is_title(line):
        return True
    if not line.startswith(RULE):
        return False
    below = next((n for n in range(number + 1, min(number + 4, len(lines))) if lines[n]), None)
    return below is not None and is_header_block(lines, below)


def is_title(line: str) -> bool:
    """Recognise a title between dashes, in lower case; Apple's stands without them."""
    if line.startswith("begin forwarded message"):
        return len(line) < 100
    bare = line.strip(f"{DASHES} ")
    dashes = len(line) - len(line.lstrip(DASHES))
    return dashes >= 2 and (bare.rstrip(":") in TITLES)


def is_header_block(lines: list[str], number: int) -> bool:
    """Recognise ``From:`` with two more of sent, to, subject right below it; or Sent above it.

    Without a subject it must name an address, or the moment beside the writer as programs do:
    ``From: Berlin, To: Paris, Date: Monday`` is a journey.
    """
    near = lines[number : number + HEADER_LINES]
    kinds = [_field(line) for line in near]
    is_begun = kinds[0] == 0 or kinds[:2] == [1, 0]
    if not is_begun or len(set(kinds) - {None}) < 3:
        return False
    return 3 in kinds or 1 in kinds[:2] or any("@" in line for line in near[:2])


def _field(line: str) -> int | None:
    name, colon, _ = line[: limits.LINE].replace("\uff1a", ":", 1).partition(":")
    if not colon or len(name) > 24:
        return None
    return KIND.get(name.strip(" *\t\xa0").lower())


def header_end(lines: list[str], number: int) -> int:
    """Return the line after the divider and the old headers that begin here."""
    end = number
    if is_divider(lines, number):
        end = next_filled(lines, number + 1)
    last = end
    for n in range(end, min(end + 2 * HEADER_LINES, len(lines))):
        if not lines[n] or is_quote(lines[n]):
            break
        last = n + 1
    return last if is_header_block(lines, min(end, len(lines) - 1)) else end


def next_filled(lines: list[str], start: int) -> int:
    near = range(start, min(start + 6, len(lines)))
    return next((n for n in near if lines[n]), min(start, len(lines)))


def attribution_end(lines: list[str], number: int) -> int:
    """Return the line after ``On … wrote:``, wrapped or not, that begins here; else 0."""
    first = _piece(lines[number]).strip("- \t")
    opens = first.startswith(OPENING)
    if not (opens or "@" in first or any(word in first for word in WROTE)):
        return 0
    joined = ""
    for end in range(number, min(number + 4, len(lines))):
        piece = _piece(lines[end])
        if not piece or is_quote(piece):
            break
        joined = f"{joined} {piece}".strip()
        if _ends_attribution(joined) and _introduces(joined, lines, end + 1, opens=opens):
            return end + 1
        if opens and _says(joined) and _quote_follows(lines, end + 1):
            return end + 1
    return 0


def _piece(line: str) -> str:
    return line[: limits.LINE].replace("\xa0", " ").replace("\u202f", " ").strip().lower()


def _ends_attribution(joined: str) -> bool:
    """Ask for a digit of a moment, and at the end for a colon or the verb."""
    if not any(character.isdigit() for character in joined):
        return False
    spoken = any(word in joined for word in WROTE)
    if joined.endswith(COLONS):
        return spoken or "@" in joined
    return joined.endswith(WROTE)


def _says(joined: str) -> bool:
    """Recognise ``On 6 September 2002, Tim said:``: people say too, programs tell the year."""
    return joined.endswith(COLONS) and _has_year(joined) and _without_colon(joined).endswith(SAID)


def _has_year(text: str) -> bool:
    words = text.replace("/", " ").replace("-", " ").replace(".", " ").replace(",", " ").split()
    return any(len(word) == 4 and word.isdigit() and word[:2] in {"19", "20"} for word in words)


def _without_colon(text: str) -> str:
    return text.rstrip(" :\uff1a")


def _introduces(joined: str, lines: list[str], start: int, *, opens: bool) -> bool:
    """Whether what follows is old mail: quoted, or announced too precisely to be chance."""
    following = next((line for line in lines[start : start + 6] if line), "")
    if not following or is_quote(following) or _field(following) == 0:
        return True
    spoken = any(word in joined for word in WROTE)
    is_precise = "@" in joined or (_has_time(joined) and _has_year(joined))
    return opens and spoken and is_precise


def _quote_follows(lines: list[str], start: int) -> bool:
    return is_quote(next((line for line in lines[start : start + 6] if line), ""))


def _has_time(text: str) -> bool:
    return any(
        text[n - 1].isdigit() and text[n + 1].isdigit()
        for n in range(1, len(text) - 1)
        if text[n] == ":"
    )


def names_writer(lines: list[str], number: int, *, is_first: bool) -> bool:
    """Recognise ``Dan Brickley wrote:`` and ``[Dan Brickley]`` above a quotation, without a date.

    Above all words of a mail the rest may be any few words: nothing else stands there to lose.
    """
    line = lines[number][: limits.LINE].replace("\xa0", " ").strip()
    if not _quote_follows(lines, number + 1):
        return False
    if is_first and line.startswith("[") and line.endswith("]"):
        return _is_name(line[1:-1])
    said = _without_colon(line)
    verb = next((word for word in WROTE if said.lower().endswith(word)), "")
    if not verb or not line.endswith(COLONS):
        return False
    who = said[: -len(verb)].strip(" ,")
    return _is_name(who) or (is_first and len(who.split()) <= NAME_WORDS and not _is_prose(who))


def _is_name(text: str) -> bool:
    words = [word.strip("\"'()<>,") for word in text.split()]
    named = all(
        word[:1].isupper() or "@" in word or word in PARTICLES or not word[:1].isascii()
        for word in words
        if word
    )
    return 0 < len(words) <= NAME_WORDS and named and not _is_prose(text)


def _is_prose(text: str) -> bool:
    """Whether a sentence ends in it; an initial or a title does not end one."""
    words = text.split()[:-1]
    return any(word[-1] in "!?;:" or (word[-1] == "." and len(word) > 4) for word in words)
