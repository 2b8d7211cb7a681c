"""A mail's HTML as a page of its own: pictures in place or left out, links that tell the truth.

What is written here is built anew from elements and attributes that are known to be harmless; the
browser's cage around it holds even if one of them were not.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from urllib.parse import unquote

from apps.channels.parsing.html import ATTRIBUTES, TAGS
from apps.channels.parsing.links import (
    LONGEST_TEXT,
    host_of,
    host_to_name,
    is_public,
    true_address,
)

VOID = {"br", "col", "hr", "img"}
MOST_EMBEDDED = 40
LARGEST_EMBEDDED = 3 * 2**20
LARGEST_OF_ALL = 12 * 2**20
MOST_PICTURES = 300
TINY = 2
"""A picture of so few points is there to be counted, not to be seen."""

KINDS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)

STYLE = """
html { color-scheme: light; background: #fff; }
body { margin: 0; padding: 14px 16px; color: #1d2129; overflow-wrap: anywhere;
  font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
img { max-width: 100%; height: auto; }
table { max-width: 100%; }
pre { white-space: pre-wrap; }
blockquote { margin: 8px 0; padding-left: 12px; border-left: 2px solid #d5d8dc; }
.host { padding: 0 4px; border-radius: 4px; background: #fdf0d2; color: #6b4700;
  font: 12px/1.4 system-ui, sans-serif; white-space: normal; }
.picture { display: inline-block; max-width: 100%; padding: 1px 6px; border: 1px dashed #b9bec6;
  border-radius: 4px; color: #5c6370; font: 12px/1.5 system-ui, sans-serif; }
"""


@dataclass
class Laid:
    """The page, and how many pictures it would fetch from which hosts."""

    html: str = ""
    elsewhere: int = 0
    hosts: dict[str, None] = field(default_factory=dict)


def lay_out(html: str, *, embedded: Mapping[str, str], pictures: bool = False) -> Laid:
    """Write a sanitised mail as a page; ``embedded`` are its own pictures by their Content-ID."""
    writer = Writer(embedded, pictures=pictures)
    writer.feed(html)
    writer.close()
    head = f'<meta charset="utf-8"><title>Mail</title><style>{STYLE}</style>'
    body = "".join(writer.written)
    writer.laid.html = f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"
    return writer.laid


def data_uri(content: bytes) -> str:
    """A picture that stands in the page itself; empty for what is no plain picture."""
    is_webp = content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    found = next((kind for start, kind in KINDS if content.startswith(start)), "")
    kind = "image/webp" if is_webp else found
    return f"data:{kind};base64,{b64encode(content).decode()}" if kind else ""


class Writer(HTMLParser):
    """Writes each element anew."""

    def __init__(self, embedded: Mapping[str, str], *, pictures: bool) -> None:
        """Remote pictures are fetched only where somebody asked for them."""
        super().__init__(convert_charrefs=True)
        self.embedded, self.pictures = embedded, pictures
        self.written: list[str] = []
        self.laid = Laid()
        self.address = ""
        self.text: list[str] = []
        self.shown = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Write a tag with its harmless attributes."""
        if tag not in TAGS:
            return
        known = {name: value or "" for name, value in attrs if name in ATTRIBUTES.get(tag, ())}
        if tag == "img":
            self.picture(known)
        elif tag == "a":
            self.end_link()
            self.begin_link(known.get("href", ""))
        else:
            self.written.append(tag_with(tag, known))

    def handle_endtag(self, tag: str) -> None:
        """End an element; a link says where it leads."""
        if tag == "a":
            self.end_link()
        elif tag in TAGS and tag not in VOID:
            self.written.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Write text, and remember what a link says."""
        self.written.append(escape(data, quote=False))
        if self.address:
            self.text.append(data[:LONGEST_TEXT])

    def begin_link(self, href: str) -> None:
        """A link opens a page of its own, and its title is its address."""
        self.address, self.text = true_address(href), []
        if self.address:
            shown = {"href": self.address, "title": self.address, "target": "_blank"}
            rel = "noopener noreferrer nofollow"
            self.written.append(tag_with("a", shown | {"rel": rel}))

    def end_link(self) -> None:
        """Close a link, and say its host where its text says another."""
        if not self.address:
            return
        self.written.append("</a>")
        host = host_to_name(self.address, "".join(self.text))
        verb = "writes" if self.address.startswith("mailto:") else "leads"
        if host:
            self.written.append(f' <span class="host">{verb} to {escape(host)}</span>')
        self.address = ""

    def picture(self, known: dict[str, str]) -> None:
        """Show a picture of the mail's own, or one that was asked for; else say what it shows."""
        source, self.shown = known.pop("src", "").strip(), self.shown + 1
        is_tiny = any(tiny(known.get(side, "")) for side in ("width", "height"))
        if is_tiny or self.shown > MOST_PICTURES:
            return
        shown = self.source_of(source)
        if shown:
            self.written.append(tag_with("img", known | {"src": shown, "loading": "lazy"}))
        elif alt := known.get("alt", "").strip()[:200]:
            self.written.append(f'<span class="picture">{escape(alt)}</span>')

    def source_of(self, source: str) -> str:
        """Where a picture is shown from; empty while it is not."""
        if source.lower().startswith("cid:"):
            return self.embedded.get(unquote(source[4:]), "")
        address = true_address(source)
        host = host_of(address) if address.startswith("http") else ""
        if not is_public(host):
            return ""
        self.laid.elsewhere += 1
        self.laid.hosts[host] = None
        return address if self.pictures else ""


def tag_with(tag: str, attributes: Mapping[str, str]) -> str:
    """A start tag."""
    said = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    return f"<{tag}{said}>"


def tiny(size: str) -> bool:
    """Whether a width or height is that of a picture nobody sees."""
    plain = size.strip().removesuffix("px")
    return plain.isascii() and plain.isdecimal() and len(plain) < 6 and int(plain) <= TINY
