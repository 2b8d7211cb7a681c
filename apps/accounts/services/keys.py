"""Keys of programs: issued once, shown once, kept as a digest."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from apps.accounts.models import ApiKey, User
from apps.accounts.states import Role, Scope
from apps.core.db import locked
from apps.core.errors import Refused

NOTED_EVERY = timedelta(minutes=1)


class UnknownScope(Refused):
    """A key may only be used for what the product knows."""

    message = "There is no scope {scope}; choose among {known}."


class NotAService(Refused):
    """A person's account is no account for a program."""

    message = "{username} is a person's account; choose another name for the program."


def issue_key(
    *, name: str, user: User, scopes: Iterable[str], expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """Make a key that acts as ``user``; its text is returned here and never again."""
    asked = list(dict.fromkeys(scopes))
    for scope in asked:
        if scope not in Scope.values:
            raise UnknownScope(scope=scope, known=", ".join(Scope.values))
    prefix, secret = secrets.token_hex(5), secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        name=name,
        user=user,
        prefix=prefix,
        digest=digest(secret),
        scopes=asked,
        expires_at=expires_at,
    )
    return key, f"sc_{prefix}_{secret}"


def digest(secret: str) -> str:
    """What is kept of a secret. It is long and random, so one round of hashing is enough."""
    return hashlib.sha512(secret.encode()).hexdigest()


@transaction.atomic
def revoke_key(*, key_id: int, at: datetime) -> ApiKey:
    """Let a key open nothing any more; the second time changes nothing."""
    key = locked(ApiKey, key_id)
    if key.revoked_at is None:
        key.revoked_at = at
        key.save(update_fields=["revoked_at"])
    return key


def note_use(*, key: ApiKey, at: datetime) -> None:
    """Remember that a key is in use, at most once a minute."""
    if key.last_used_at is None or key.last_used_at <= at - NOTED_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lte=at - NOTED_EVERY)
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=at)


def service_user(*, username: str) -> User:
    """The account of a program, made when it is new. Raises NotAService for a person's."""
    user, fresh = User.objects.get_or_create(username=username, defaults={"role": Role.SERVICE})
    if fresh:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    if user.role != Role.SERVICE:
        raise NotAService(username=username)
    return user
