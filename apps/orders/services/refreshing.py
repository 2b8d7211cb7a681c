"""Asking again for open orders whose facts have grown old."""

import logging
from datetime import datetime
from time import monotonic
from typing import Any

from django.db import connection, transaction

from apps.core.errors import Refused, Unavailable
from apps.orders.models import Order
from apps.orders.services.asking import PATIENCE, reader_for
from apps.orders.services.mirroring import upsert_order
from apps.orders.states import SETTLED, Adapter

log = logging.getLogger(__name__)

NEXT_STALE = """
    UPDATE orders_order SET checked_at = %(at)s
     WHERE id = (
        SELECT o.id FROM orders_order o JOIN orders_shop s ON s.id = o.shop_id
         WHERE s.is_active AND s.adapter <> %(push)s AND NOT s.id = ANY(%(down)s)
           AND NOT o.status = ANY(%(settled)s)
           AND o.checked_at < %(at)s - make_interval(mins => s.fresh_for)
         ORDER BY o.checked_at LIMIT 1 FOR UPDATE OF o SKIP LOCKED)
    RETURNING id"""


def refresh_stale_orders(*, at: datetime, most: int = 50, seconds: float = 60.0) -> int:
    """Ask for up to ``most`` stale orders, oldest first; returns how many were asked for.

    Each order is taken by one caller only. A shop that is down is left alone until the next
    time, an order that cannot be read until its facts would be stale again.
    """
    until = monotonic() + seconds
    down: list[int] = []
    for asked in range(most):
        order = take_stale(at=at, down=down) if monotonic() < until else None
        if order is None:
            return asked
        try:
            refresh_order(order=order, at=at)
        except Unavailable as error:
            log.warning("Orders of %s are not refreshed: %s", order.shop.slug, error)
            down.append(order.shop_id)
        except Refused as error:
            log.warning("Order %s of %s: %s", order.number, order.shop.slug, error)
    return most


def take_stale(*, at: datetime, down: list[int]) -> Order | None:
    """Take the order that waited longest, so that nobody else asks for it meanwhile."""
    values: dict[str, Any] = {
        "at": at,
        "down": down,
        "settled": sorted(SETTLED),
        "push": Adapter.PUSH,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(NEXT_STALE, values)
        row = cursor.fetchone()
    return Order.objects.select_related("shop").get(pk=row[0]) if row else None


def refresh_order(*, order: Order, at: datetime) -> None:
    """Ask an order's shop for it; an order the shop no longer knows stays as it was."""
    facts = reader_for(order.shop).fetch(order.number, seconds=PATIENCE)
    if facts is not None:
        upsert_order(facts=facts, at=at)
