"""One order written by many at once."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction

from apps.coordination.models import Event
from apps.orders.models import Order, Shop
from apps.orders.services.mirroring import upsert_order
from apps.orders.services.refreshing import take_stale
from tests.make.orders import NOON, facts, order, shop

AT_ONCE = 8


def together(work):
    """Do something in several threads at the same moment."""
    gate = Barrier(AT_ONCE)

    def one(turn):
        gate.wait()
        try:
            return work(turn)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


@pytest.mark.django_db(transaction=True)
def test_an_order_written_by_many_at_once_exists_once_and_is_created_by_one():
    shop("eu")

    done = together(lambda _: upsert_order(facts=facts(), at=NOON))

    assert sum(one.created for one in done) == 1
    assert Order.objects.count() == 1
    assert Order.objects.get().lines.count() == 1
    assert Event.objects.filter(type="OrderChanged").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_versions_at_once_the_newest_stays():
    shop("eu")

    def write(turn):
        changed = NOON + timedelta(minutes=turn)
        told = facts(status_word=f"version {turn}", source_updated_at=changed)
        upsert_order(facts=told, at=NOON)

    together(write)

    assert Order.objects.get().status_word == f"version {AT_ONCE - 1}"


@pytest.mark.django_db(transaction=True)
def test_a_stale_order_that_somebody_is_taking_is_not_taken_twice():
    order(shop="sample")
    Shop.objects.update(adapter="sample")
    at = NOON + timedelta(days=1)

    def take():
        try:
            return take_stale(at=at, down=[])
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first = take_stale(at=at, down=[])
            second = pool.submit(take)
            wait([second], timeout=1)
        taken = [one for one in (first, second.result(10)) if one]

    assert taken == [first]
