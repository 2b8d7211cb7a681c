"""What stands in a reply: text, signatures and a quote, once plain and once as plain HTML."""

import re
from html import escape

from django.utils import timezone

from apps.core.text import one_line
from apps.tickets.models import Message

LONGEST_QUOTE = 20_000
LINK = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
ENDS_A_SENTENCE = ".,;:!?)]"


def as_text(message: Message, *, signature: str = "") -> str:
    """The reply, its author's signature, the inbox's, and below them what it answers."""
    parts = [message.text]
    if signed := signatures(message, signature):
        parts.append("-- \n" + "\n".join(signed))
    if quoted := message.quotes:
        lines = "\n".join(f"> {line}".rstrip() for line in words_of(quoted).split("\n"))
        parts.append(f"{introduction(quoted)}\n{lines}")
    return "\n\n".join(parts) + "\n"


def as_html(message: Message, *, signature: str = "") -> str:
    """The same for who reads HTML: paragraphs, links and the quote, and nothing else."""
    parts = [paragraphs(message.text)]
    if signed := signatures(message, signature):
        parts.append("<p>-- <br>\n" + "<br>\n".join(lines(text) for text in signed) + "</p>")
    if quoted := message.quotes:
        parts.append(f"<p>{escape(introduction(quoted))}</p>")
        parts.append(f'<blockquote type="cite">\n{paragraphs(words_of(quoted))}\n</blockquote>')
    return "\n".join(["<!DOCTYPE html>", "<html><body>", *parts, "</body></html>", ""])


def signatures(message: Message, of_inbox: str) -> list[str]:
    """The author's signature and the inbox's, as far as there are any."""
    own = message.author.signature if message.author else ""
    return [text for text in (own.strip(), of_inbox.strip()) if text]


def introduction(quoted: Message) -> str:
    """Who wrote what is quoted, and when."""
    at = quoted.created_at.astimezone(timezone.get_current_timezone())
    who = one_line(str(quoted.customer or quoted.author or "somebody"), 120)
    return f"On {at:%d %b %Y at %H:%M %Z}, {who} wrote:"


def words_of(quoted: Message) -> str:
    """What is quoted: without what it quotes itself, and not without end."""
    text = (quoted.visible or quoted.text).strip()
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE].rstrip()} …"


def paragraphs(text: str) -> str:
    """Text as paragraphs; a blank line parts two."""
    parts = re.split(r"\n\n+", text.strip("\n"))
    return "\n".join(f"<p>{lines(part)}</p>" for part in parts)


def lines(text: str) -> str:
    """Text as lines, with its web addresses as links."""
    return linked(text).replace("\n", "<br>\n")


def linked(text: str) -> str:
    """Escaped text in which a web address is a link to just that address."""
    parts, end = [], 0
    for found in LINK.finditer(text):
        address = found[0].rstrip(ENDS_A_SENTENCE)
        parts.append(escape(text[end : found.start()]))
        parts.append(f'<a href="{escape(address)}">{escape(address)}</a>')
        end = found.start() + len(address)
    return "".join([*parts, escape(text[end:])])
