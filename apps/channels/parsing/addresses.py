"""Who wrote and to whom: addresses as they come, broken ones salvaged."""

import re
from email.utils import getaddresses

from apps.channels.parsing import limits
from apps.channels.parsing.charsets import clean_line
from apps.channels.parsing.headers import Headers, decode_words
from apps.channels.parsing.parsed import Mailbox

NOBODY = Mailbox("", "")
SIGN = r"[^\s@<>()\[\],;:\"\\]"
ADDRESS = re.compile(rf"(?<!@)(?<!{SIGN}){SIGN}{{1,64}}@{SIGN}{{1,190}}(?!@|{SIGN})")
STRUCTURE = set('<(,:;"')
# A mail without a usable From was still sent by somebody.
SENDERS = ("from", "reply-to", "sender", "return-path", "x-envelope-from")
RECIPIENTS = ("delivered-to", "x-original-to", "envelope-to", "x-delivered-to")


def sender_of(headers: Headers) -> Mailbox:
    """Find the first usable address among the fields that name a sender."""
    found = (box for name in SENDERS for box in mailboxes(headers, name))
    return next(found, NOBODY)


def mailboxes(headers: Headers, name: str) -> tuple[Mailbox, ...]:
    """Read every usable address in the fields of this name."""
    found: dict[str, Mailbox] = {}
    for value in headers.all(name):
        for box in _read(value):
            found.setdefault(box.address, box)
    return tuple(found.values())[: limits.ADDRESSES]


def delivered_to(headers: Headers) -> tuple[str, ...]:
    """Tell where the mail server put the mail, which To need not say."""
    boxes = (box for name in RECIPIENTS for box in mailboxes(headers, name))
    return tuple(dict.fromkeys(box.address for box in boxes))


def _read(value: str) -> list[Mailbox]:
    if not STRUCTURE & set(value):
        return _salvage(value)
    try:
        pairs = getaddresses([value])
    except (ValueError, IndexError, TypeError, RecursionError):
        pairs = []
    boxes = [_mailbox(name, address) for name, address in pairs]
    return [box for box in boxes if box.address] or _salvage(value)


def _mailbox(name: str, address: str) -> Mailbox:
    address = "".join(address.split()).lower()
    if not ADDRESS.fullmatch(address) or not address.isprintable():
        return NOBODY
    return Mailbox(clean_line(decode_words(name), limits.NAME).strip("\"' "), address)


def _salvage(value: str) -> list[Mailbox]:
    """Find the address in `Big Bug bb@bug.example`, which is none and yet says enough."""
    text = decode_words(value)
    found = ADDRESS.search(text)
    if not found:
        return []
    name = text[: found.start()].strip("\"'<( \t")
    return [_mailbox(name, found[0].strip(".'"))]
