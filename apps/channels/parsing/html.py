"""HTML of strangers: made harmless for showing, and read as text."""

import re
from collections.abc import Iterator
from html import unescape
from itertools import islice

import nh3
from inscriptis import get_text
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig
from lxml.etree import LxmlError

from apps.channels.parsing import cited, limits
from apps.channels.parsing.charsets import clean_text
from apps.channels.parsing.links import host_to_name, true_address

TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,30})")
CLOSED_BY_OTHERS = {
    "p",
    "li",
    "td",
    "th",
    "tr",
    "dd",
    "dt",
    "option",
    "tbody",
    "thead",
    "html",
    "body",
    "head",
}
FORMATTING = {
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt",
    "u",
}  # fmt: skip
TAGS = {
    "a", "abbr", "b", "big", "blockquote", "br", "caption", "center", "cite", "code", "col",
    "colgroup", "dd", "del", "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6",
    "hr", "i", "img", "ins", "li", "ol", "p", "pre", "q", "s", "small", "span", "strike",
    "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul",
}  # fmt: skip
CELL = {"colspan", "rowspan", "align", "valign", "width", "bgcolor"}
# Elements that a parser opens again in every block carry no style: it would multiply.
STYLED = TAGS - FORMATTING
ATTRIBUTES = {tag: {"style"} for tag in STYLED} | {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height", "style"},
    "table": {"align", "width", "bgcolor", "border", "cellpadding", "cellspacing", "style"},
    "td": CELL | {"style"},
    "th": CELL | {"style"},
    "ol": {"start", "style"},
}
SIDES = ("", "-top", "-right", "-bottom", "-left")
# Nothing that moves, covers, hides or fetches.
STYLES = {
    "color", "background-color", "font-weight", "font-style", "font-family", "text-align",
    "text-decoration", "vertical-align", "width", "max-width", "border-collapse",
    *(f"{box}{side}" for box in ("padding", "margin", "border") for side in SIDES),
    *(f"border{side}-{what}" for side in SIDES for what in ("color", "style", "width")),
}  # fmt: skip
# Words, numbers, colours; of functions only rgb(). A number below nought would move things.
STYLE_VALUE = re.compile(r"(?:[\w#.,%! '\"-]|\brgba?\([\d\s.,%/]{1,40}\)){1,200}", re.IGNORECASE)
NEGATIVE = re.compile(r"(?<!\w)-[\d.]")
PICTURES = ("cid:", "https://", "http://")
SILENT = {"script", "style", "title", "template", "noembed", "noframes", "object", "select"}
BLOCKS = {
    "p", "div", "br", "li", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre", "ul",
    "ol", "dl", "dt", "dd", "blockquote", "center", "caption",
}  # fmt: skip
BEGINNINGS = ("<!doctype html", "<html", "<head", "<body", "<div", "<table", "<p>", "<meta")
LINK = re.compile(r'<a(?: [^<>]*?)? href="([^"<>]*)"[^<>]*>')
WITHOUT_HREF = re.compile(r"<a [^<>]*>")
LINK_WORDS = 4000
LAYOUT = ParserConfig(css=CSS_PROFILES["strict"])


def looks_like_html(text: str) -> bool:
    """Whether a body that names no type is HTML."""
    return text[:1000].lstrip().lower().startswith(BEGINNINGS)


def is_tame(html: str) -> bool:
    """Whether parsing stays cheap: it is quadratic in nesting, open formatting and entities."""
    if html.count("&") > limits.HTML_ENTITIES:
        return False
    depth = work = formatting = 0
    for found in TAG.finditer(html):
        name = found[2].lower()
        if name in cited.VOID or name in CLOSED_BY_OTHERS:
            work += formatting
            continue
        step = -1 if found[1] else 1
        depth = max(0, depth + step)
        if name in FORMATTING:
            formatting = max(0, formatting + step)
        work += formatting
        if depth > limits.HTML_DEPTH or work > limits.HTML_WORK:
            return False
    return work <= limits.HTML_WORK


def sanitise(html: str) -> str:
    """HTML that runs nothing; empty when it is too wild.

    Pictures elsewhere keep their address: whoever shows the HTML decides about loading them, and
    until a person asks for it, must not.
    """
    if not html.strip() or not is_tame(html):
        return ""
    safe = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        clean_content_tags=SILENT,
        attribute_filter=_harmless,
        filter_style_properties=STYLES,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer nofollow",
    )
    return safe if len(safe) <= limits.HTML_SHOWN else ""


def _harmless(tag: str, attribute: str, value: str) -> str | None:
    """Keep a picture that names where it is, and of a style what changes its own element alone."""
    if attribute == "style":
        return _harmless_style(value) or None
    is_source = (tag, attribute) == ("img", "src")
    return None if is_source and not value.strip().lower().startswith(PICTURES) else value


def _harmless_style(style: str) -> str:
    if len(style) > limits.HTML_STYLE:
        return ""
    kept = []
    for declaration in style.split(";"):
        name, _, value = (piece.strip() for piece in declaration.partition(":"))
        is_plain = STYLE_VALUE.fullmatch(value) and not NEGATIVE.search(value)
        if name.lower() in STYLES and is_plain:
            kept.append(f"{name.lower()}:{value}")
    return ";".join(kept)


def html_to_text(html: str) -> str:
    """Read a mail's HTML as text; what it quotes is marked ``>`` as in plain text.

    A link whose words name another host than it leads to has its own beside them.
    """
    if not is_tame(html):
        return clean_text("\n".join(_tidy(strip_tags(html))))[: limits.TEXT]
    marked = nh3.clean(
        html,
        tags=TAGS - {"img"},
        attributes={"*": {"class", "id", "type"}, "blockquote": {"style"}, "a": {"href"}},
        attribute_filter=_readable,
        clean_content_tags=SILENT,
        link_rel=None,
    )
    marked = _with_hosts(marked)
    segments = list(cited.segments(marked))
    is_small = len(marked) <= limits.HTML_FOR_LAYOUT and len(segments) <= limits.HTML_SEGMENTS
    lines: list[str] = []
    for depth, piece in segments:
        text = (_laid_out(piece) or strip_tags(piece)) if is_small else strip_tags(piece)
        lines += (">" * depth + " " * bool(depth) + line for line in _tidy(text))
    return clean_text("\n".join(lines))[: limits.TEXT].strip("\n")


def _readable(tag: str, attribute: str, value: str) -> str:
    """An attribute as a pass over the tags can read it."""
    return value.replace("<", "").replace(">", "")


def _with_hosts(html: str) -> str:
    """Well-formed HTML whose links name their host where their words name another."""
    pieces, end = [], 0
    for link in islice(LINK.finditer(html), limits.HTML_LINKS):
        close = html.find("</a>", link.end())
        words = strip_tags(html[link.end() : close][:LINK_WORDS]) if close >= 0 else ""
        host = host_to_name(true_address(unescape(link[1])), words) if words.strip() else ""
        if host:
            pieces.append(f"{html[end:close]} &lt;{host}&gt;")
            end = close
    return WITHOUT_HREF.sub("<a>", "".join([*pieces, html[end:]]))


def _laid_out(html: str) -> str:
    try:
        return get_text(html, LAYOUT) if "<" in html or "&" in html else html
    except (LxmlError, ValueError, RecursionError):
        return ""


def strip_tags(html: str) -> str:
    """Read HTML the plainest way: blocks end lines, what else stands in tags goes."""
    pieces: list[str] = []
    for piece in html.split("<"):
        tag, closed, text = piece.partition(">")
        if not closed and pieces:
            continue
        name = tag.lstrip("/").partition(" ")[0].rstrip("/").lower() if closed else ""
        pieces.append("\n" if name in BLOCKS else " " if name in {"td", "th"} else "")
        pieces.append(text if closed else piece)
    return unescape("".join(pieces))


def _tidy(text: str) -> Iterator[str]:
    """Lines without trailing blanks, never two empty ones in a row, none at the ends."""
    was_empty = True
    lines = [line.replace("\xa0", " ").rstrip() for line in text.strip("\n ").split("\n")]
    for line in lines:
        if line or not was_empty:
            yield line
        was_empty = not line
