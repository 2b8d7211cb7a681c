"""Connecting to a mailbox with its password, or with an access token that is still good."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic

from django.db import transaction

from apps.channels.adapters.away import TokenNotTaken
from apps.channels.adapters.imap import TIMEOUT, Session
from apps.channels.adapters.tokens import Tokens, renewed
from apps.channels.models import Mailbox
from apps.channels.states import SignIn
from apps.core.db import locked

EARLY = 60
"""Seconds before its end from which an access token is not used any more."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """An access token of this process; it is written down nowhere."""

    token: str
    until: float
    setup: tuple[str, ...]

    def __repr__(self) -> str:
        return "Kept()"


kept: dict[int, Kept] = {}
keeping = threading.Lock()


@contextmanager
def connected(*, mailbox: Mailbox, timeout: float = TIMEOUT) -> Iterator[Session]:
    """A session with a mailbox. Raises what says in words why there is none."""
    session = opened(mailbox, timeout)
    try:
        yield session
    finally:
        session.close()


def opened(mailbox: Mailbox, timeout: float) -> Session:
    """Sign in. An access token that was kept and is not taken any more is renewed once."""
    if mailbox.sign_in != SignIn.OAUTH:
        return Session(mailbox, timeout=timeout).__enter__()
    if token := token_kept(mailbox):
        with suppress(TokenNotTaken):
            return Session(mailbox, token=token, timeout=timeout).__enter__()
    return Session(mailbox, token=fresh_token(mailbox), timeout=timeout).__enter__()


def token_kept(mailbox: Mailbox) -> str:
    """The access token of an earlier session, while it holds for this setup."""
    with keeping:
        found = kept.get(mailbox.pk)
    if found and found.setup == setup_of(mailbox) and found.until > monotonic():
        return found.token
    return ""


def fresh_token(mailbox: Mailbox) -> str:
    """Ask for a new access token; a refresh token that comes with it takes the old one's place."""
    tokens = renewed(mailbox)
    if tokens.refresh and tokens.refresh != mailbox.refresh_token.reveal():
        replace_refresh_token(mailbox=mailbox, new=tokens.refresh)
    keep_token(mailbox, tokens)
    return tokens.access


def keep_token(mailbox: Mailbox, tokens: Tokens) -> None:
    """Remember an access token in this process for as long as it is good."""
    until = monotonic() + tokens.seconds - EARLY
    with keeping:
        kept[mailbox.pk] = Kept(token=tokens.access, until=until, setup=setup_of(mailbox))


@transaction.atomic
def replace_refresh_token(*, mailbox: Mailbox, new: str) -> None:
    """Keep the new one, unless somebody has connected the mailbox anew meanwhile."""
    current = locked(Mailbox, mailbox.pk)
    if current.refresh_token.reveal() == mailbox.refresh_token.reveal():
        current.refresh_token = new
        current.save(update_fields=["refresh_token"])
        mailbox.refresh_token = current.refresh_token


def setup_of(mailbox: Mailbox) -> tuple[str, ...]:
    """What an access token was granted for."""
    return (mailbox.username, mailbox.token_url, mailbox.client_id, mailbox.refresh_token.reveal())
