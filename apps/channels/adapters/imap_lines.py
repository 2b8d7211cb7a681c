"""What imaplib leaves to whoever uses it: sets of numbers, answers as text, bytes read ahead."""

import imaplib
import ssl
from collections.abc import Sequence
from typing import Any


def has_unread(client: imaplib.IMAP4) -> bool:
    """Whether the server has said more than was read: no poll of the socket would show it."""
    read_ahead: Any = client.file
    timeout = client.sock.gettimeout()
    client.sock.settimeout(0)
    try:
        return bool(read_ahead.peek(1))
    except ssl.SSLWantReadError:
        return False
    finally:
        client.sock.settimeout(timeout)


def lasting_numbers(client: imaplib.IMAP4) -> int:
    """The UIDVALIDITY of the folder that was opened; 0 where its UIDs do not outlive this."""
    _, said = client.response("UIDVALIDITY")
    _, warned = client.response("UIDNOTSTICKY")
    return int(said[0]) if said and said[0] and warned == [None] else 0


def decoded(said: Any) -> str:
    """What a server said, as one text."""
    parts = said if isinstance(said, list | tuple) else [said]
    return " ".join(
        part.decode("utf-8", "replace") if isinstance(part, bytes) else str(part) for part in parts
    )


def uid_set(uids: Sequence[int]) -> str:
    """UIDs as IMAP writes them, neighbours drawn together so that a line stays short."""
    runs: list[list[int]] = []
    for uid in sorted(uids):
        if runs and uid == runs[-1][1] + 1:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    return ",".join(str(a) if a == b else f"{a}:{b}" for a, b in runs)
