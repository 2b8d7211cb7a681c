"""Where mail programs mark old mail in HTML: quotations, frames around them, and all that follows.

Works on the well-formed HTML that nh3 writes, in one pass over its tags.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

WHOLE_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)([^<>]*)>")
VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr",
}  # fmt: skip
# What stands in such an element is old.
QUOTING = ("yahoo_quoted", "moz-cite-prefix", "tutanota_quote")
# So is what stands in these, down to the end of the first quotation: answers may follow in it.
FRAMING = ("gmail_quote", "protonmail_quote")
# From such an element on all is old, unless nothing was written above it.
ENDING = (
    "divrplyfwdmsg", "appendonsend", "olk_src_body_section", "outlookmessageheader", "zwchr",
    "mail-editor-reference", "ms-outlook-mobile-reference", "zmail_extra_hr",
)  # fmt: skip
NO_QUOTE, QUOTE, FRAME = range(3)


@dataclass
class Place:
    """What is open where the pass over the tags stands."""

    stack: list[int] = field(default_factory=list)
    depth: int = 0
    has_text: bool = False
    has_ended: bool = False

    def open(self, name: str, attributes: str) -> None:
        kind = _kind(name, attributes)
        self.stack.append(kind)
        self.depth += kind != NO_QUOTE

    def close(self, name: str) -> None:
        kind = self.stack.pop() if self.stack else NO_QUOTE
        self.depth -= kind != NO_QUOTE
        if name == "blockquote" and kind != NO_QUOTE and self.depth == 1 and FRAME in self.stack:
            self.stack[self.stack.index(FRAME)] = NO_QUOTE
            self.depth = 0

    def end(self, attributes: str) -> None:
        if not self.has_ended and self.has_text and _has(attributes, ENDING):
            self.has_ended = True
            self.depth += 1


def segments(html: str) -> Iterator[tuple[int, str]]:
    """Pieces of well-formed HTML with the depth of quotation each stands in."""
    place, begun, end = Place(), 0, 0
    for tag in WHOLE_TAG.finditer(html):
        before, attributes = place.depth, tag[3].lower()
        place.has_text = place.has_text or bool(_text(html[end : tag.start()]))
        end = tag.end()
        if tag[1]:
            place.close(tag[2])
        elif tag[2] not in VOID:
            place.open(tag[2], attributes)
        place.end(attributes)
        if place.depth != before:
            yield before, html[begun : tag.start()]
            begun = tag.start()
    yield place.depth, html[begun:]


def marks_quotes(html: str) -> bool:
    """Whether a mail program marked old mail in this HTML."""
    marks = (*QUOTING, *FRAMING, *ENDING, 'type="cite"', "type=cite")
    return _has(html.lower(), marks)


def _kind(name: str, attributes: str) -> int:
    if name == "blockquote":
        return NO_QUOTE if _is_indented(attributes) else QUOTE
    if _has(attributes, QUOTING):
        return QUOTE
    return FRAME if _has(attributes, FRAMING) else NO_QUOTE


def _is_indented(attributes: str) -> bool:
    """Whether the writer only moved a paragraph to the right: programs draw no line beside it."""
    style = attributes.replace(" ", "")
    is_bare = "border:none" in style or "border:0" in style or "indent-blockquote" in style
    is_marked = 'type="cite"' in style or "border-left" in style or _has(style, FRAMING)
    return is_bare and not is_marked


def _text(piece: str) -> str:
    return piece.replace("&nbsp;", "").strip()


def _has(attributes: str, marks: tuple[str, ...]) -> bool:
    return bool(attributes) and any(mark in attributes for mark in marks)
