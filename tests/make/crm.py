"""Builders for CRM connections, contacts and notes: say only what matters."""

import json
from datetime import UTC, datetime
from itertools import count

from django.http import HttpResponse
from django.test import Client
from standardwebhooks import Webhook

from apps.crm.models import Connection, Contact, Note
from apps.crm.services.keeping import remember_contact, write_note
from apps.crm.states import Adapter
from apps.crm.types import ContactFacts
from tests.make.tickets import customer

numbers = count(1)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECRET = "whsec_c3VwcG9ydGNvb3JkIHRlc3RzIHNpZ24gd2l0aCB0aGlz"
TOKEN = "tok-0815-very-secret"
MAPPING = {
    "search_path": "/contacts?email={email}",
    "search_root": "results",
    "create_path": "/contacts",
    "create_body": {"email": "{email}", "props": {"name": "{name}"}, "via": "desk"},
    "create_root": "contact",
    "id": "id",
    "email": "email",
    "name": "name",
    "company": "org.name",
    "tier": "plan",
    "tier_words": {"gold": "vip"},
    "updated_at": "changed",
    "fields": {"Owner": "owner.name"},
    "note_path": "/contacts/{contact}/notes",
    "note_body": {"text": "{text}", "ref": "{reference}"},
    "note_root": "note",
    "note_id": "id",
}


def connection(slug: str = "", **fields) -> Connection:
    """A connection to the sample CRM."""
    name = slug or f"crm{next(numbers)}"
    defaults = {"name": name.upper(), "adapter": Adapter.SAMPLE, "webhook_secret": SECRET}
    return Connection.objects.get_or_create(slug=name, defaults=defaults | fields)[0]


def rest_connection(server, slug: str = "", **fields) -> Connection:
    """A CRM behind a test's HTTP server."""
    address = server.url_for("").rstrip("/")
    defaults = {"adapter": Adapter.REST, "base_url": address, "mapping": MAPPING, "token": TOKEN}
    return connection(slug, **defaults | fields)


def facts(**fields) -> ContactFacts:
    """What a CRM says of somebody."""
    defaults = {
        "connection": "hub",
        "external_id": "7",
        "email": "ada@home.example",
        "name": "Ada Lovelace",
        "company": "Engines",
        "tier": "vip",
    }
    return ContactFacts(**defaults | fields)


def contact(**fields) -> Contact:
    """A contact that a CRM told of."""
    connection(fields.setdefault("connection", "hub"))
    fields.setdefault("external_id", f"id-{next(numbers)}")
    email = fields.setdefault("email", "ada@home.example")
    owner = customer(email)
    return remember_contact(facts=facts(**fields), customer_id=owner.pk, at=NOON).contact


def note(at: Contact | None = None, **fields) -> Note:
    """A note that is to be pushed."""
    place = at or contact()
    defaults = {"about": f"ticket:{next(numbers)}", "kind": "created", "text": "Parcel lost."}
    where = {"connection": place.connection.slug, "external_id": place.external_id}
    return write_note(**where | defaults | fields, at=NOON)


def deliver(
    data,
    *,
    to: str = "hub",
    delivery: str = "msg_1",
    secret: str = SECRET,
    at: datetime | None = None,
    **headers: str,
) -> HttpResponse:
    """Send a webhook as a CRM would; ``data`` is a contact, or the bytes to send."""
    event = {"type": "contact.updated", "data": data}
    body = data if isinstance(data, bytes) else json.dumps(event).encode()
    moment = at or datetime.now(tz=UTC)
    sent = {
        "webhook-id": delivery,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(delivery, moment, body.decode()),
    }
    return Client().post(
        f"/api/v1/crm/{to}/webhook/",
        body,
        content_type="application/json",
        headers=sent | {name.replace("_", "-"): value for name, value in headers.items()},
    )
