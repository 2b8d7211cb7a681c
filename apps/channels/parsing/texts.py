"""The text of a mail, and what of it is new."""

from apps.channels.parsing import html
from apps.channels.parsing.bodies import Body
from apps.channels.parsing.quotes import split_reply


def read_texts(body: Body) -> tuple[str, str]:
    """Return the full text, and what of it is new."""
    if not body.plain.strip():
        text = html.html_to_text(body.html) if body.html.strip() else ""
        return text, split_reply(text).visible or text
    reply = split_reply(body.plain)
    visible = reply.visible
    if not reply.because and html.marks_quotes(body.html):
        visible = split_reply(html.html_to_text(body.html)).visible or visible
    return body.plain.strip("\n"), visible
