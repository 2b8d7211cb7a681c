"""Having the owner of a mailbox agree that the desk reads it, and keeping what that grants."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from urllib.parse import urlencode

from django.db import transaction

from apps.channels.adapters.tokens import granted, name_of, scope_of, token_url_of
from apps.channels.models import Mailbox
from apps.channels.services.connecting import keep_token
from apps.core.db import locked
from apps.core.errors import NotFound, Refused

GOOGLE = ("https://oauth2.googleapis.com/token", "https://accounts.google.com/o/oauth2/v2/auth")


class NoConsentPage(Refused):
    """Nobody can be sent there."""

    message = "Where {who} asks for consent is not known: enter a refresh token instead."


class NoClient(Refused):
    """The desk has no name there."""

    message = "Register the desk at {who}, and enter its client id first."


class NoRefreshToken(Refused):
    """Good for an hour and no longer, so it is not taken."""

    message = (
        "{who} gave no refresh token, without which reading would end in an hour: take the "
        "desk's access away there, and connect once more."
    )


def consent_address(*, mailbox_id: int, back: str, state: str, verifier: str) -> str:
    """Where the owner of a mailbox is asked. Raises NoConsentPage, NoClient, NotFound.

    ``back`` is where the answer comes to, with ``state``; ``verifier`` proves that it is ours.
    """
    mailbox = mailbox_of(mailbox_id)
    page = consent_page(token_url_of(mailbox))
    if not page:
        raise NoConsentPage(who=name_of(mailbox))
    if not mailbox.client_id:
        raise NoClient(who=name_of(mailbox))
    digest = sha256(verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": mailbox.client_id,
        "redirect_uri": back,
        "scope": scope_of(mailbox),
        "state": state,
        "code_challenge": urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
        "login_hint": mailbox.username,
        # Google gives a refresh token only to who asks for both.
        "access_type": "offline",
        "prompt": "consent",
    }
    return f"{page}?{urlencode(asked)}"


def consent_page(token_url: str) -> str:
    """The page beside an address of tokens; empty where it is not known."""
    if token_url == GOOGLE[0]:
        return GOOGLE[1]
    head, slash, last = token_url.rpartition("/")
    return f"{head}/authorize" if slash and last == "token" else ""


def accept_consent(*, mailbox_id: int, code: str, back: str, verifier: str) -> Mailbox:
    """Exchange what the owner's answer brought for a refresh token, and keep that.

    Raises NoRefreshToken, SignInRefused, TokenServerAway, NotFound.
    """
    mailbox = mailbox_of(mailbox_id)
    answer = {"grant_type": "authorization_code", "code": code, "redirect_uri": back}
    tokens = granted(mailbox, answer | {"code_verifier": verifier})
    if not tokens.refresh:
        raise NoRefreshToken(who=name_of(mailbox))
    with transaction.atomic():
        mailbox = locked(Mailbox, mailbox_id)
        mailbox.refresh_token = tokens.refresh
        mailbox.save(update_fields=["refresh_token"])
    keep_token(mailbox, tokens)
    return mailbox


def mailbox_of(mailbox_id: int) -> Mailbox:
    """The mailbox, or NotFound."""
    mailbox = Mailbox.objects.filter(pk=mailbox_id).first()
    if mailbox is None:
        raise NotFound(thing="mailbox", key=mailbox_id)
    return mailbox
