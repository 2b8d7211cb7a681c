"""Hearing from a CRM: each delivery of a webhook is taken in once."""

import json
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.coordination.services.taking_in import remember_answer, take_in
from apps.core.errors import Refused, Unavailable
from apps.core.paths import dig, text_at
from apps.core.secrets import SecretUnreadable
from apps.core.webhooks import is_signed
from apps.crm.mapping import contact_in
from apps.crm.models import Connection, Contact
from apps.crm.services.asking import ConnectionOff
from apps.crm.services.keeping import remember_contact
from apps.crm.types import ContactFacts
from apps.customers.services import customer_named

log = logging.getLogger(__name__)

LONGEST_ID = 200


class BadSignature(Refused):
    """Whoever sent this does not know the connection's signing secret, or sent it long ago."""

    message = "The signature does not hold, or the delivery is older than five minutes."


class CannotCheck(Unavailable):
    """The key that opens the signing secret is not in our settings."""

    message = "Deliveries cannot be checked at the moment."


class NotReadable(Refused):
    """The delivery is signed, and not JSON."""

    message = "The delivery is not a JSON object."


def check_signature(*, connection: Connection, body: bytes, headers: Mapping[str, str]) -> None:
    """Raise BadSignature unless the CRM signed exactly these bytes; CannotCheck without a key."""
    try:
        secret = connection.webhook_secret.reveal()
    except SecretUnreadable as error:
        log.exception("Deliveries of %s cannot be checked.", connection.slug)
        raise CannotCheck from error
    named = 0 < len(headers.get("webhook-id", "")) <= LONGEST_ID
    if not secret or not named or not is_signed(secret, body, headers):
        raise BadSignature


@transaction.atomic
def hear_delivery(
    *, connection: Connection, delivery_id: str, body: bytes, at: datetime
) -> dict[str, str]:
    """Do what a signed delivery says, once; a repeated delivery gets the first one's answer.

    Raises ConnectionOff, NotReadable or UnreadableField, and then remembers nothing.
    """
    if not connection.is_active:
        raise ConnectionOff(connection=connection.name)
    source = f"crm:{connection.slug}"
    earlier = take_in(source=source, external_id=delivery_id, request=body.hex())
    if earlier:
        return dict(earlier.body)
    answer = {"outcome": heard(connection, read_json(body), at=at)}
    remember_answer(source=source, external_id=delivery_id, status=200, body=answer)
    return answer


def read_json(body: bytes) -> dict[str, Any]:
    """The delivery as values."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise NotReadable from None
    if not isinstance(data, dict):
        raise NotReadable
    return data


def heard(connection: Connection, data: dict[str, Any], *, at: datetime) -> str:
    """What became of an event: updated, unchanged, or ignored when it is about no customer."""
    words = connection.words
    kind = text_at(data, words.get("webhook_type", "type"), most=60)
    if kind and (not kind.startswith("contact") or "delete" in kind):
        return "ignored"
    facts = contact_in(
        dig(data, words.get("webhook_root", "data")), words, connection=connection.slug
    )
    customer_id = owner_of(facts)
    if customer_id is None:
        return "ignored"
    told = remember_contact(facts=facts, customer_id=customer_id, at=at)
    return "updated" if told.changed else "unchanged"


def owner_of(facts: ContactFacts) -> int | None:
    """Whose contact it is: as we know already, or by its address."""
    known = Contact.objects.filter(
        connection__slug=facts.connection, external_id=facts.external_id
    ).first()
    if known and known.customer_id:
        return known.customer_id
    customer = customer_named("email", facts.email) if facts.email else None
    return customer.pk if customer else None
