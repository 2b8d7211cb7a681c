"""The text of a mail, and what of it is new."""

from apps.channels.parsing import cited, html
from apps.channels.parsing.bodies import Body
from apps.channels.parsing.quotes import Reply, split_reply

ANNOUNCEMENT_WORDS = 30


def read_texts(body: Body) -> tuple[str, str]:
    """Return the full text, and what of it is new."""
    if not body.plain.strip():
        text = html.html_to_text(body.html) if body.html.strip() else ""
        return text, split_reply(text).visible or text
    reply = split_reply(body.plain)
    visible = reply.visible
    if reply.because in {"", "quote"} and cited.marks_quotes(body.html):
        visible = _told_by_html(reply, split_reply(html.html_to_text(body.html)))
    return body.plain.strip("\n"), visible


def _told_by_html(plain: Reply, rich: Reply) -> str:
    """What is new by the marks of the HTML, where the plain text announces nothing that is known.

    Where the plain text quotes, only an announcement that is left at its end can go.
    """
    if not plain.because:
        return rich.visible or plain.visible
    lines = plain.visible.split("\n")
    wanted, words = rich.visible.split(), plain.visible.split()
    is_longer = wanted and words[: len(wanted)] == wanted
    if not is_longer or len(words) - len(wanted) > ANNOUNCEMENT_WORDS:
        return plain.visible
    count = 0
    for number, line in enumerate(lines):
        count += len(line.split())
        if count >= len(wanted):
            return "\n".join(lines[: number + 1]) if count == len(wanted) else plain.visible
    return plain.visible
