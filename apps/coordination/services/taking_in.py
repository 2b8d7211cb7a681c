"""Taking requests in once: the caller's key, what was asked, and the answer it got."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from apps.coordination.codec import digest
from apps.coordination.models import Inbox
from apps.core.errors import Refused


class KeyReused(Refused):
    """The same key came with another request."""

    message = "Idempotency-Key {key} was already used for another request."


class KeyInFlight(Refused):
    """The first request with this key has not finished yet."""

    message = "The first request with Idempotency-Key {key} is still being worked on."


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the first request with a key was answered."""

    status: int
    body: Any


def take_in(*, source: str, external_id: str, request: Any) -> Answer | None:
    """Take a request in, inside the transaction of its work; returns the answer of an earlier one.

    A concurrent second request waits for the first one's commit and then gets its answer; when
    the first one rolls back, the second does the work. Raises KeyReused for another request.
    """
    with transaction.atomic():
        asked = digest(request)
        row, fresh = Inbox.objects.get_or_create(
            source=source, external_id=external_id, defaults={"request_hash": asked}
        )
        if fresh:
            return None
        if row.request_hash != asked:
            raise KeyReused(key=external_id)
        if row.status is None:
            raise KeyInFlight(key=external_id)
        return Answer(status=row.status, body=row.answer)


def remember_answer(*, source: str, external_id: str, status: int, body: Any) -> None:
    """Keep the answer, in the same transaction as the work."""
    Inbox.objects.filter(source=source, external_id=external_id).update(status=status, answer=body)
