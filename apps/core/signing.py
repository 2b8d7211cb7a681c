"""Short signatures for what leaves the house and is expected back, such as reply addresses."""

import base64

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac


def short_signature(purpose: str, value: str) -> str:
    """Sign a value for one purpose: sixteen letters and digits, whatever their case."""
    return _signature(purpose, value, settings.SECRET_KEY)


def signature_holds(purpose: str, value: str, signature: str) -> bool:
    """Whether we signed this value for this purpose, with the key of today or an earlier one."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    given = signature.lower()
    return any(constant_time_compare(_signature(purpose, value, key), given) for key in keys)


def _signature(purpose: str, value: str, key: str | bytes) -> str:
    digest = salted_hmac(purpose, value, secret=key, algorithm="sha256").digest()
    return base64.b32encode(digest[:10]).decode().lower()
