"""Mails that something broke on their way: twenty ways, the same every time for the same seed."""

import random
import re
from collections.abc import Callable

Mutation = Callable[[bytes, random.Random], bytes]
FIELD = re.compile(rb"(?im)^(from|to|subject|date|message-id|content-type|references):[^\n]*\n")
CHARSET = re.compile(rb'(?i)charset="?[^\s";]+"?')
ENCODING = re.compile(rb"(?i)^(content-transfer-encoding:)[^\n]*$", re.MULTILINE)
KIND = re.compile(rb"(?im)^(content-type:)\s*[\w/.+-]+")
BOUNDARY = re.compile(rb'(?i)boundary="?([^\s";]+)"?')
MESSAGE_ID = re.compile(rb"(?im)^(message-id:\s*<?)")
CHARSETS = [b"utf-16", b"utf-8", b"koi8-r", b"iso-2022-jp", b"x-none", b"utf-7", b"big5", b"\xff"]
ENCODINGS = [b"base64", b"quoted-printable", b"x-uuencode", b"7bit", b"binary", b"gzip", b"\xe9"]
KINDS = [
    b"text/html", b"text/plain", b"multipart/mixed", b"multipart/report", b"message/rfc822",
    b"message/delivery-status", b"application/ms-tnef", b"image/png", b"a/b/c", b"/",
]  # fmt: skip


def told_apart(raw: bytes, mark: str) -> bytes:
    """The mail under a Message-ID of its own, if it has one: no copy of what it was made of."""
    return MESSAGE_ID.sub(rb"\g<1>" + mark.encode() + b".", raw, count=1)


def mutated(raw: bytes, way: str, seed: str) -> bytes:
    """Break a mail in one of the `WAYS`."""
    chance = random.Random(f"{way} {seed}")
    mark = f"{chance.randrange(10**9)}"
    return WAYS[way](told_apart(raw, mark), chance)


def cut_in_the_headers(raw: bytes, chance: random.Random) -> bytes:
    return raw[: chance.randrange(len(_head(raw)) + 1)]


def cut_in_the_body(raw: bytes, chance: random.Random) -> bytes:
    return raw[: chance.randrange(len(_head(raw)), len(raw) + 1)]


def bits_flipped(raw: bytes, chance: random.Random) -> bytes:
    return _flipped(raw, len(raw) // 100 + 1, chance)


def bits_of_headers_flipped(raw: bytes, chance: random.Random) -> bytes:
    head = _head(raw)
    return _flipped(head, len(head) // 50 + 1, chance) + raw[len(head) :]


def headers_repeated(raw: bytes, chance: random.Random) -> bytes:
    again = [found[0] for found in FIELD.finditer(_head(raw))]
    chance.shuffle(again)
    return b"".join(field[: chance.randrange(1, len(field))] + b"\n" for field in again) + raw


def headers_folded_oddly(raw: bytes, chance: random.Random) -> bytes:
    folds = [b"\n\t", b"\r\n ", b"\n  \t ", b"\r\n\t\r\n ", b"\r "]
    head = re.sub(
        rb"(?<=[^\s]) (?=[^\s])",
        lambda _: chance.choice(folds) if chance.random() < 0.3 else b" ",
        _head(raw),
    )
    return head + raw[len(_head(raw)) :]


def headers_shuffled(raw: bytes, chance: random.Random) -> bytes:
    lines = _head(raw).splitlines(keepends=True)
    chance.shuffle(lines)
    return b"".join(lines) + raw[len(_head(raw)) :]


def a_header_lost(raw: bytes, chance: random.Random) -> bytes:
    found = list(FIELD.finditer(_head(raw)))
    if not found:
        return raw
    gone = chance.choice(found)
    return raw[: gone.start()] + raw[gone.end() :]


def charset_lied_about(raw: bytes, chance: random.Random) -> bytes:
    return CHARSET.sub(lambda _: b"charset=" + chance.choice(CHARSETS), raw)


def line_ends_swapped(raw: bytes, chance: random.Random) -> bytes:
    ends = chance.choice([[b"\r\n"], [b"\r"], [b"\n"], [b"\n", b"\r\n", b"\r"], [b"\r\r\n"]])
    lines = raw.replace(b"\r\n", b"\n").split(b"\n")
    return b"".join(line + chance.choice(ends) for line in lines)


def boundaries_removed(raw: bytes, chance: random.Random) -> bytes:
    return _boundary_lines(raw, lambda line: b"" if chance.random() < 0.5 else line)


def boundaries_doubled(raw: bytes, chance: random.Random) -> bytes:
    return _boundary_lines(raw, lambda line: line * chance.randrange(1, 4))


def boundary_renamed(raw: bytes, chance: random.Random) -> bytes:
    names = [b"boundary=", b'boundary="', b"boundary=x", b'boundary=" "', b"boundary=-"]
    return BOUNDARY.sub(lambda _: chance.choice(names), raw, count=1)


def encoding_lied_about(raw: bytes, chance: random.Random) -> bytes:
    named = ENCODING.sub(lambda found: found[1] + b" " + chance.choice(ENCODINGS), raw)
    if named != raw:
        return named
    return b"Content-Transfer-Encoding: " + chance.choice(ENCODINGS) + b"\n" + raw


def kind_lied_about(raw: bytes, chance: random.Random) -> bytes:
    named = KIND.sub(lambda found: found[1] + b" " + chance.choice(KINDS), raw)
    return named if named != raw else b"Content-Type: " + chance.choice(KINDS) + b"\n" + raw


def nuls_scattered(raw: bytes, chance: random.Random) -> bytes:
    return _scattered(raw, [b"\0"], chance)


def rubbish_scattered(raw: bytes, chance: random.Random) -> bytes:
    return _scattered(
        raw, [b"\xff\xfe", b"\xed\xa0\x80", b"=?utf-8?b?", b"\x1b$B", b"<", b'"'], chance
    )


def empty_lines_moved(raw: bytes, chance: random.Random) -> bytes:
    lines = raw.splitlines(keepends=True)
    kept = [line for line in lines if line.strip() or chance.random() < 0.5]
    for _ in range(3):
        kept.insert(chance.randrange(len(kept) + 1), b"\n")
    return b"".join(kept)


def body_on_one_line(raw: bytes, chance: random.Random) -> bytes:
    head = _head(raw)
    return head + raw[len(head) :].replace(b"\r", b"").replace(b"\n", chance.choice([b" ", b""]))


def run_into_itself(raw: bytes, chance: random.Random) -> bytes:
    cut = chance.randrange(len(raw) + 1)
    return raw[:cut] + raw + raw[cut:]


WAYS: dict[str, Mutation] = {
    way.__name__.replace("_", " "): way
    for way in (
        cut_in_the_headers, cut_in_the_body, bits_flipped, bits_of_headers_flipped,
        headers_repeated, headers_folded_oddly, headers_shuffled, a_header_lost,
        charset_lied_about, line_ends_swapped, boundaries_removed, boundaries_doubled,
        boundary_renamed, encoding_lied_about, kind_lied_about, nuls_scattered,
        rubbish_scattered, empty_lines_moved, body_on_one_line, run_into_itself,
    )
}  # fmt: skip


def _head(raw: bytes) -> bytes:
    found = re.search(rb"\r?\n\r?\n", raw)
    return raw[: found.end()] if found else raw


def _flipped(raw: bytes, most: int, chance: random.Random) -> bytes:
    broken = bytearray(raw)
    for _ in range(min(most, 200) if raw else 0):
        broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
    return bytes(broken)


def _scattered(raw: bytes, pieces: list[bytes], chance: random.Random) -> bytes:
    broken = bytearray(raw)
    for _ in range(30):
        at = chance.randrange(len(broken) + 1)
        broken[at:at] = chance.choice(pieces)
    return bytes(broken)


def _boundary_lines(raw: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Change the lines of boundaries; a mail without parts gets one that means nothing."""
    names = tuple(b"--" + found[1] for found in BOUNDARY.finditer(raw))
    if not names:
        return _head(raw) + b"--x\n" + raw[len(_head(raw)) :]
    lines = raw.splitlines(keepends=True)
    return b"".join(change(line) if line.startswith(names) else line for line in lines)
