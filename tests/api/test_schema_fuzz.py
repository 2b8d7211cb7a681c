"""Whatever is asked: never a 5xx, never an answer that the description does not mention."""

from itertools import cycle

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from supportcoord.wsgi import application
from tests.make.accounts import key
from tests.make.orders import order
from tests.make.review import review

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
    ignored_auth,
]
bounded = settings(
    max_examples=12,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


interface = schemathesis.openapi.from_wsgi("/api/schema/?format=json", application)


@pytest.fixture
def real(transactional_db) -> dict[str, int | str]:
    """Names of records that exist, to be asked for as often as those that do not."""
    asked, bought = review(), order()
    return {
        "review_id": asked.pk,
        "ticket_id": asked.ticket_id,
        "customer_id": asked.ticket.customer_id,
        "source": bought.shop.slug,
        "number": bought.number,
    }


@pytest.fixture
def bearer(transactional_db) -> dict[str, str]:
    """A key that may do everything."""
    return {"Authorization": f"Bearer {key()[1]}"}


turns = cycle([True, False])


@interface.parametrize()
@bounded
def test_with_a_key_every_answer_is_described(case, bearer, real):
    if next(turns):
        for name in set(case.path_parameters or ()) & set(real):
            case.path_parameters[name] = real[name]

    case.call_and_validate(headers=bearer, checks=CHECKS)


@interface.parametrize()
@settings(bounded, max_examples=4)
def test_without_a_key_nothing_opens(case):
    answer = case.call_and_validate(checks=CHECKS, headers={"Authorization": ""})

    assert answer.status_code in (401, 404, 405, 406)
