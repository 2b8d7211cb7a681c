"""Orders beside a conversation: what the shop said, and how long ago."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from apps.core.moments import Moment, moment
from apps.desk.present.rows import readable
from apps.orders.states import SETTLED, OrderStatus
from apps.orders.types import LineFacts, OrderFacts
from apps.tickets.models import OrderMention

OLD = timedelta(hours=24)
"""What a shop said longer ago than this, of an order that is still under way, may be wrong."""

TONES = {
    OrderStatus.DELIVERED: "good",
    OrderStatus.SHIPPED: "accent",
    OrderStatus.PARTLY_SHIPPED: "accent",
    OrderStatus.CANCELLED: "bad",
    OrderStatus.RETURNED: "warn",
    OrderStatus.REFUNDED: "warn",
}


@dataclass(frozen=True, kw_only=True)
class LineView:
    """One position."""

    quantity: int
    name: str
    price: str


@dataclass(frozen=True, kw_only=True)
class OrderView:
    """One order."""

    number: str
    status: str
    tone: str
    mentioned: str
    foreign: bool
    total: str
    lines: list[LineView]
    more_lines: int
    parcel: str
    parcel_url: str
    placed: str
    shop: str
    read: Moment
    old: bool


MOST_LINES = 5


def order_views(
    orders: Iterable[OrderFacts], mentions: Iterable[OrderMention], *, at: datetime
) -> list[OrderView]:
    """Show orders, and which of them the ticket names."""
    named = {(mention.source, mention.number): mention for mention in mentions}
    return [order_view(order, named.get((order.shop, order.number)), at=at) for order in orders]


def order_view(order: OrderFacts, mention: OrderMention | None, *, at: datetime) -> OrderView:
    """Show one order with its age."""
    status = OrderStatus(order.status)
    under_way = status not in SETTLED
    return OrderView(
        number=order.number,
        status=readable(order.status_word or status.label),
        tone=TONES.get(status, ""),
        mentioned="Named in a message and found in the shop" if mention else "",
        foreign=bool(mention and not mention.belongs),
        total=money(order.total, order.currency),
        lines=[line_view(line, order.currency) for line in order.lines[:MOST_LINES]],
        more_lines=max(len(order.lines) - MOST_LINES, 0),
        parcel=parcel(order),
        parcel_url=safe(order.tracking_url),
        placed=f"ordered {order.placed_at:%d %b %Y}" if order.placed_at else "",
        shop=order.shop_name,
        read=moment(order.fetched_at or at, at=at),
        old=under_way and order.fetched_at is not None and order.fetched_at < at - OLD,
    )


def line_view(line: LineFacts, currency: str) -> LineView:
    """Show one position."""
    return LineView(
        quantity=line.quantity, name=line.title, price=money(line.unit_price, currency)
    )


def money(amount: Decimal | None, currency: str) -> str:
    """An amount with its currency; nothing when the shop did not say."""
    return "" if amount is None else f"{amount:,.2f} {currency}".strip()


def parcel(order: OrderFacts) -> str:
    """Where the parcel is, in one line."""
    words = [order.carrier, order.tracking_number]
    if order.delivered_at:
        words.append(f"delivered {order.delivered_at:%d %b}")
    elif order.shipped_at:
        words.append(f"sent {order.shipped_at:%d %b}")
    return " · ".join(word for word in words if word)


def safe(url: str) -> str:
    """An address that may stand behind a link: of the web, and of nothing else."""
    return url if url.lower().startswith(("https://", "http://")) else ""
