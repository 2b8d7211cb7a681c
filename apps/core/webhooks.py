"""Signatures of webhooks, as Standard Webhooks writes them."""

import base64
import binascii
from collections.abc import Mapping

from standardwebhooks import Webhook

PREFIX = "whsec_"
SHORTEST, LONGEST = 24, 64


def is_webhook_secret(text: str) -> bool:
    """Tell whether a text is a secret that webhooks can be signed with."""
    try:
        key = base64.b64decode(text.removeprefix(PREFIX) + "==", validate=True)
    except (binascii.Error, ValueError):
        return False
    return SHORTEST <= len(key) <= LONGEST


def is_signed(secret: str, body: bytes, headers: Mapping[str, str]) -> bool:
    """Tell whether a delivery was signed with this secret, in the last five minutes."""
    try:
        Webhook(secret).verify(body, dict(headers), json_parse=False)
    except Exception:  # noqa: BLE001 - the library lets any error of a malformed header through
        return False
    return True
