"""Keys of programs: ``Authorization: Bearer sc_<prefix>_<secret>``."""

import hmac
import re

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from apps.accounts.models import ApiKey, User
from apps.accounts.services.keys import digest, note_use

KEY = re.compile(r"sc_([0-9a-f]{10})_([A-Za-z0-9_-]{43})")
BAD_KEY = "This key is unknown, expired or revoked."


class KeyAuthentication(BaseAuthentication):
    """Lets a program in as the account of its key; ``request.auth`` is the key."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        """Return whose key it is; nothing when no key was shown. Raises AuthenticationFailed."""
        scheme, _, shown = request.headers.get("Authorization", "").strip().partition(" ")
        if scheme.lower() != "bearer":
            return None
        match = KEY.fullmatch(shown.strip())
        key = match and valid_key(prefix=match[1], secret=match[2])
        if not key:
            raise AuthenticationFailed(BAD_KEY)
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return 'Bearer realm="supportcoord"'


def valid_key(*, prefix: str, secret: str) -> ApiKey | None:
    """The key that opens now, if this is one; its use is noted."""
    at = timezone.now()
    key = ApiKey.objects.valid(at).select_related("user").filter(prefix=prefix).first()
    if key is None or not hmac.compare_digest(key.digest, digest(secret)):
        return None
    note_use(key=key, at=at)
    return key
