"""Whatever is asked: never a 5xx, never an answer that the description does not mention."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle

import pytest
import schemathesis
from django.core import signals
from django.db import close_old_connections, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from apps.accounts.services.keys import note_use
from apps.coordination.events import publish
from apps.coordination.models import Run
from supportcoord.wsgi import application
from tests.make.accounts import key
from tests.make.orders import order
from tests.make.review import review
from tests.make.stories import ParcelPosted

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]
bounded = settings(
    max_examples=12,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


DESCRIPTION = "/api/schema/?format=json"
interface = schemathesis.openapi.from_wsgi(DESCRIPTION, application)
closed = schemathesis.openapi.from_wsgi(DESCRIPTION, application)
closed.config.phases.coverage.enabled = False


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """A request leaves the test's transaction open, as it does under Django's own test client."""
    moments = (signals.request_started, signals.request_finished)
    for moment in moments:
        moment.disconnect(close_old_connections)
    yield
    for moment in moments:
        moment.connect(close_old_connections)


@pytest.fixture
def real(db) -> dict[str, int | str]:
    """Names of records that exist, to be asked for as often as those that do not."""
    asked, bought = review(), order()
    publish(ParcelPosted(to="elm"))
    return {
        "review_id": asked.pk,
        "ticket_id": asked.ticket_id,
        "message_id": asked.ticket.messages.get().pk,
        "run_id": Run.objects.latest("pk").pk,
        "customer_id": asked.ticket.customer_id,
        "source": bought.shop.slug,
        "number": bought.number,
    }


@pytest.fixture
def bearer(db) -> dict[str, str]:
    """A key that may do everything."""
    row, text = key()
    note_use(key=row, at=timezone.now())
    return {"Authorization": f"Bearer {text}"}


@schemathesis.serializer("message/rfc822")
def raw_mail(context, value):
    """A mail is any bytes."""
    return value if isinstance(value, bytes) else str(value).encode()


@contextmanager
def undone() -> Iterator[None]:
    """Take back what one request did: quicker than a new database, and as clean."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


turns = cycle([True, False])


@interface.parametrize()
@bounded
def test_with_a_key_every_answer_is_described(case, bearer, real):
    if next(turns):
        for name in set(case.path_parameters or ()) & set(real):
            case.path_parameters[name] = real[name]

    with undone():
        case.call_and_validate(headers=bearer, checks=CHECKS)


@closed.parametrize()
@settings(bounded, max_examples=8)
def test_without_a_key_nothing_opens(case):
    with undone():
        answer = case.call_and_validate(checks=CHECKS, headers={"Authorization": ""})

    assert answer.status_code in (401, 404, 405, 406)
