"""The sample shop: Juniper & Pine sells outdoor gear; its thirty orders are always the same."""

import csv
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

from apps.orders.rules import same_number
from apps.orders.types import LineFacts, OrderFacts

BOOKS = Path(__file__).with_name("sample_shop")
CARRIERS = (("Parcelwise", "PW"), ("Nordpost", "NP"))
Row = dict[str, str]


@cache
def rows(name: str) -> tuple[Row, ...]:
    """One of the shop's books: ``goods``, or ``orders`` with hours before it opened here."""
    with (BOOKS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@dataclass(frozen=True, kw_only=True)
class SampleShop:
    """A shop that knows its orders by heart; hours are counted back from ``opened_at``."""

    slug: str
    opened_at: datetime

    def fetch(self, number: str, *, seconds: float) -> OrderFacts | None:
        """The order of that number, A-1001 to A-1030."""
        return next((order for order in self.orders() if same_number(order.number, number)), None)

    def orders(self) -> list[OrderFacts]:
        """Every order of the shop."""
        return [self.order(row) for row in rows("orders")]

    def order(self, row: Row) -> OrderFacts:
        """One row of the book as facts."""
        serial = int(row["number"].partition("-")[2])
        carrier, code = CARRIERS[(serial + 1) % len(CARRIERS)]
        tracking = f"{code}{serial * 7919:09d}" if row["shipped"] else ""
        lines = tuple(map(line_of, row["lines"].split()))
        prices = (line.quantity * line.unit_price for line in lines if line.unit_price)
        return OrderFacts(
            shop=self.slug,
            number=row["number"],
            status=row["status"],
            status_word=row["word"],
            email=row["email"],
            placed_at=self.hours_ago(row["placed"]),
            currency="EUR",
            total=sum(prices, Decimal()),
            carrier=carrier if tracking else "",
            tracking_number=tracking,
            tracking_url=f"https://track.example/{tracking}" if tracking else "",
            shipped_at=self.hours_ago(row["shipped"]),
            delivered_at=self.hours_ago(row["delivered"]),
            source_updated_at=self.hours_ago(row["delivered"] or row["shipped"] or row["placed"]),
            lines=lines,
        )

    def hours_ago(self, hours: str) -> datetime | None:
        """That many hours before the shop opened; none for none."""
        return self.opened_at - timedelta(hours=int(hours)) if hours else None


def line_of(text: str) -> LineFacts:
    """A position such as ``BTL-PIN*2``, with the title and price of the goods."""
    sku, _, quantity = text.partition("*")
    goods = next(row for row in rows("goods") if row["sku"] == sku)
    return LineFacts(
        sku=sku,
        title=goods["title"],
        quantity=int(quantity or 1),
        unit_price=Decimal(goods["price"]),
    )
