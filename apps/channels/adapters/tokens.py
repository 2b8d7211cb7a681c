"""Asking an OAuth 2 server for access tokens, as Google and Microsoft want them for IMAP."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import urlsplit

import httpx2
from django.conf import settings

from apps.channels.adapters.away import SignInRefused
from apps.channels.models import Mailbox
from apps.core.errors import Refused, Unavailable
from apps.core.text import one_line
from apps.core.transport import GuardedTransport
from apps.core.web import capped

SECONDS = 15.0
LIVES = 300
"""Seconds an access token is good for where its server does not say."""
NAMES = {"oauth2.googleapis.com": "Google", "login.microsoftonline.com": "Microsoft"}
PRESETS = {
    "imap.gmail.com": ("https://oauth2.googleapis.com/token", "https://mail.google.com/"),
    "outlook.office365.com": (
        "https://login.microsoftonline.com/common/oauth2/v2.0/token",
        "https://outlook.office.com/IMAP.AccessAsUser.All offline_access",
    ),
}
"""Where a mail server's tokens come from, and for what, where the mailbox does not say."""


class TokenServerAway(Unavailable):
    """Later it may give one."""

    message = "{who} gives no access token at the moment: {cause}."


class ConsentWithdrawn(SignInRefused):
    """The refresh token is worth nothing any more: a person must agree once more."""

    message = (
        "{who} says that the consent for {username} was withdrawn or has expired: {cause}. "
        "Connect the mailbox again."
    )


class ClientRefused(SignInRefused):
    """Whoever registered the desk there must see to it."""

    message = (
        "{who} does not know the desk by this client id and secret: {cause}. "
        "Check both; a secret may have expired."
    )


class TokenRefused(SignInRefused):
    """Something else is set up wrong."""

    message = (
        "{who} gives no access token for {username}: {cause}. Check the scope and the client."
    )


class TokenAddressWrong(Refused):
    """Secrets are not sent in the clear, nor to an address that is none."""

    message = "{address} is no address to ask for access tokens: it must begin with https://."


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """What was granted. No text of it shows in a traceback or a log."""

    access: str
    refresh: str
    seconds: int

    def __repr__(self) -> str:
        return f"Tokens(seconds={self.seconds})"


def renewed(mailbox: Mailbox) -> Tokens:
    """A new access token for the refresh token. Raises SignInRefused, TokenServerAway."""
    grant = {"grant_type": "refresh_token", "refresh_token": mailbox.refresh_token.reveal()}
    if not grant["refresh_token"]:
        raise ConsentWithdrawn(
            who=name_of(mailbox), username=mailbox.username, cause="there is no refresh token yet"
        )
    return granted(mailbox, grant | ({"scope": scope} if (scope := scope_of(mailbox)) else {}))


def granted(mailbox: Mailbox, grant: Mapping[str, str]) -> Tokens:
    """Ask once. The client shows who it is in the body, which both providers take."""
    form = {"client_id": mailbox.client_id, **grant}
    if mailbox.client_secret:
        form["client_secret"] = mailbox.client_secret.reveal()
    status, said = _asked(mailbox, form)
    if status != 200 or not isinstance(said.get("access_token"), str):
        _refuse(mailbox, status, said, form)
    seconds = str(said.get("expires_in", LIVES))
    return Tokens(
        access=said["access_token"],
        refresh=str(said.get("refresh_token") or ""),
        seconds=int(seconds) if seconds.isdecimal() else LIVES,
    )


def _asked(mailbox: Mailbox, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
    """Status and JSON; what does not answer with JSON is away."""
    who = name_of(mailbox)
    address = token_url_of(mailbox)
    _check_address(address)
    transport = GuardedTransport(SECONDS)
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    try:
        with (
            httpx2.Client(transport=transport, timeout=SECONDS, trust_env=False) as client,
            client.stream("POST", address, headers=headers, data=form) as response,
        ):
            said = json.loads(capped(response) or b"")
            status = response.status_code
    except (httpx2.InvalidURL, httpx2.UnsupportedProtocol):
        raise TokenAddressWrong(address=address) from None
    except httpx2.TimeoutException:
        raise TokenServerAway(who=who, cause="it says nothing in time") from None
    except httpx2.TransportError:
        raise TokenServerAway(who=who, cause="it cannot be reached") from None
    except (ValueError, RecursionError):
        cause = f"it answers {response.status_code}, and not what it should"
        raise TokenServerAway(who=who, cause=cause) from None
    return status, said if isinstance(said, dict) else {}


def _check_address(address: str) -> None:
    parts = urlsplit(address)
    allowed = settings.SUPPORTCOORD_ALLOW_PRIVATE_HOSTS
    if parts.scheme != "https" and (parts.hostname or "") not in allowed:
        raise TokenAddressWrong(address=address or "Nothing")


def _refuse(
    mailbox: Mailbox, status: int, said: Mapping[str, Any], form: Mapping[str, str]
) -> NoReturn:
    """Raise what the answer means, in words."""
    code = str(said.get("error", ""))
    facts = {"who": name_of(mailbox), "username": mailbox.username}
    facts["cause"] = _words(code, said, form) or f"it answers {status}"
    if status >= 500 or status in (408, 429) or code == "temporarily_unavailable":
        raise TokenServerAway(**facts)
    if code == "invalid_grant":
        raise ConsentWithdrawn(**facts)
    if code in ("invalid_client", "unauthorized_client"):
        raise ClientRefused(**facts)
    raise TokenRefused(**facts)


def _words(code: str, said: Mapping[str, Any], form: Mapping[str, str]) -> str:
    """What it says, on one line, without what we sent, should it repeat it."""
    told = str(said.get("error_description", "")).strip().partition("\n")[0]
    text = one_line(f"{told} ({code})" if told else code, 200)
    for name in ("refresh_token", "client_secret", "code", "code_verifier"):
        text = text.replace(form[name], "…") if form.get(name) else text
    return text.rstrip(".")


def name_of(mailbox: Mailbox) -> str:
    """Whom people know behind an address."""
    host = urlsplit(token_url_of(mailbox)).hostname or "The token server"
    return NAMES.get(host, host)


def token_url_of(mailbox: Mailbox) -> str:
    """Where access tokens for this mailbox come from."""
    return mailbox.token_url or PRESETS.get(mailbox.host.lower(), ("", ""))[0]


def scope_of(mailbox: Mailbox) -> str:
    """What they are to be good for."""
    return mailbox.scope or PRESETS.get(mailbox.host.lower(), ("", ""))[1]
