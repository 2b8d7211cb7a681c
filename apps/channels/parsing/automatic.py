"""Whether a machine wrote the mail (RFC 3834, and what mail servers do besides)."""

from apps.channels.parsing.headers import Headers
from apps.channels.parsing.parsed import Mailbox

ROBOTS = {"mailer-daemon", "mailerdaemon", "postmaster"}
ANSWERING = ("x-autoreply", "x-autorespond", "x-autoresponse", "x-auto-response-suppress")
BULK = {"bulk", "list", "junk"}


def auto_kind(headers: Headers, sender: Mailbox) -> str:
    """One of ``bounce``, ``auto_reply``, ``bulk``; empty for what a person wrote."""
    if _is_bounce(headers, sender):
        return "bounce"
    if _is_automatic(headers):
        return "auto_reply"
    precedence = headers.first("precedence").strip().lower()
    return "bulk" if precedence in BULK or "list-id" in headers else ""


def _is_bounce(headers: Headers, sender: Mailbox) -> bool:
    kind = headers.first("content-type").lower()
    if kind.startswith("multipart/report"):
        return "disposition-notification" not in kind
    return (
        headers.first("return-path").strip() == "<>"
        or "x-failed-recipients" in headers
        or sender.address.partition("@")[0] in ROBOTS
    )


def _is_automatic(headers: Headers) -> bool:
    submitted = headers.first("auto-submitted").partition(";")[0].partition("(")[0]
    return (
        submitted.strip().lower() not in {"", "no"}
        or headers.first("precedence").strip().lower() == "auto_reply"
        or headers.first("content-type").lower().startswith("multipart/report")
        or any(headers.first(name).strip().lower() not in {"", "no", "none"} for name in ANSWERING)
    )
