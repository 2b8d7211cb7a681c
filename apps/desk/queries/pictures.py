"""Pictures that a mail brought along, for the place in it where they belong."""

from html import unescape
from urllib.parse import unquote

from apps.desk.layout import LARGEST_EMBEDDED, LARGEST_OF_ALL, MOST_EMBEDDED, data_uri
from apps.tickets.models import Message


def own_pictures(message: Message) -> dict[str, str]:
    """Its pictures by their Content-ID, as far as they are handed out and not too big."""
    files = message.attachments.exclude(content_id="").filter(size__lte=LARGEST_EMBEDDED)
    found: dict[str, str] = {}
    written = unquote(unescape(message.html))
    left = LARGEST_OF_ALL
    for file in files.order_by("pk")[:MOST_EMBEDDED]:
        if file.why_withheld or file.size > left or file.content_id not in written:
            continue
        try:
            with file.file.open("rb") as content:
                shown = data_uri(content.read())
        except FileNotFoundError:
            continue
        found[file.content_id] = shown
        left -= file.size
    return found
