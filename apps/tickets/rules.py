"""Plain decisions about tickets: what a report says of a message, and of whom."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from apps.core.text import one_line
from apps.tickets.types import Reported

FAILED = "failed"
ACTIONS = (FAILED, "delayed", "relayed", "expanded", "delivered")
"""What can become of a message, the gravest first."""

MOST_NAMED = 5
LONGEST_NEWS = 450


@dataclass(frozen=True, kw_only=True)
class News:
    """What a report comes down to: its gravest news, for whom it holds, and the server's words.

    ``of_customer``: it may concern the customer; ``is_sure``: it does.
    """

    action: str
    of_customer: bool = False
    is_sure: bool = False
    words: str = ""


def news_of(said: Sequence[Reported], *, to: str, copied: Collection[str]) -> News:
    """Tell whom the gravest news concern; there must be some.

    An address that the message names nowhere may be behind any of those it does: a server passed
    it on. Where there is only the customer it is the customer's.
    """
    action = min((one.action for one in said), key=ACTIONS.index)
    concerned = list(dict.fromkeys(one for one in said if one.action == action))
    copies = {address.lower() for address in copied} - {to.lower()}
    others = {one.address.lower() for one in concerned} - copies
    return News(
        action=action,
        of_customer=bool(others),
        is_sure=bool(others) and (not copies or to.lower() in others),
        words=in_words(concerned),
    )


def complainer(address: str, *, to: str, copied: Collection[str]) -> str:
    """Who of those who got a message complains; empty where that cannot be told.

    Providers often leave the address out, or name one that mail was passed on to.
    """
    got_it = {each.lower() for each in (to, *copied) if each}
    if address.lower() in got_it:
        return address.lower()
    return next(iter(got_it)) if len(got_it) == 1 else ""


def in_words(said: Sequence[Reported]) -> str:
    """Who did not get it, and what the other side said, on one line."""
    named = [
        f"{one.address or 'somebody'}: {one.diagnostic}".rstrip(": ") for one in said[:MOST_NAMED]
    ]
    more = f"; and {len(said) - MOST_NAMED} more" if len(said) > MOST_NAMED else ""
    share = (LONGEST_NEWS - len(more)) // len(named) - 2
    return "; ".join(one_line(text, share) for text in named) + more
