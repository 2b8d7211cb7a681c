"""The sample shop: twenty-five made-up orders, the same ones every time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from apps.customers.starter import PEOPLE
from apps.orders.rules import same_number
from apps.orders.states import OrderStatus
from apps.orders.types import LineFacts, OrderFacts

GOODS = (
    ("MUG-BLU", "Stoneware mug, blue", "14.50"),
    ("LMP-OAK", "Desk lamp, oak", "89.00"),
    ("TEE-M", "Organic T-shirt, M", "24.90"),
    ("KTL-1L", "Kettle, 1 litre", "59.00"),
    ("BAG-CAN", "Canvas bag", "34.00"),
    ("NTB-A5", "Notebook A5, dotted", "11.20"),
    ("SPK-MINI", "Bluetooth speaker, mini", "49.90"),
    ("BLK-WOOL", "Wool blanket", "119.00"),
)
STORY = (
    ("shipped", 4, 2, 0),
    ("delivered", 16, 14, 11),
    ("processing", 1, 0, 0),
    ("shipped", 9, 8, 0),
    ("pending", 0, 0, 0),
    ("delivered", 30, 28, 25),
    ("refunded", 40, 38, 35),
    ("paid", 1, 0, 0),
    ("partly_shipped", 6, 4, 0),
    ("cancelled", 8, 0, 0),
    ("shipped", 12, 11, 0),
    ("returned", 25, 24, 21),
    ("delivered", 5, 4, 2),
)
"""What became of the orders, in turn: status, and days since placed, shipped, delivered."""

FIRST, COUNT = 1001, 25
CARRIERS = (("Parcelwise", "PW"), ("Nordpost", "NP"))


@dataclass(frozen=True, kw_only=True)
class SampleShop:
    """A shop that knows its orders by heart; days are counted back from ``opened_at``."""

    slug: str
    opened_at: datetime

    def fetch(self, number: str, *, seconds: float) -> OrderFacts | None:
        """The order of that number, A-1001 to A-1025."""
        return next((order for order in self.orders() if same_number(order.number, number)), None)

    def orders(self) -> list[OrderFacts]:
        """Every order of the shop."""
        return [self.order(place) for place in range(COUNT)]

    def order(self, place: int) -> OrderFacts:
        """The order at one place of the story."""
        status, placed, shipped, delivered = STORY[place % len(STORY)]
        number = FIRST + place
        carrier, code = CARRIERS[place % len(CARRIERS)]
        tracking = f"{code}{number * 7919:09d}" if shipped else ""
        lines = lines_of(place)
        prices = (line.quantity * line.unit_price for line in lines if line.unit_price)
        return OrderFacts(
            shop=self.slug,
            number=f"A-{number}",
            status=OrderStatus(status).value,
            status_word=status.replace("_", " "),
            email=PEOPLE[place % len(PEOPLE)].email,
            placed_at=self.opened_at - timedelta(days=placed, hours=3),
            currency="EUR",
            total=sum(prices, Decimal()),
            carrier=carrier if shipped else "",
            tracking_number=tracking,
            tracking_url=f"https://track.example/{tracking}" if tracking else "",
            shipped_at=self.days_ago(shipped),
            delivered_at=self.days_ago(delivered),
            source_updated_at=self.days_ago(delivered or shipped or placed) or self.opened_at,
            lines=lines,
        )

    def days_ago(self, days: int) -> datetime | None:
        """That many days before the shop opened; none for none."""
        return self.opened_at - timedelta(days=days, hours=3) if days else None


def lines_of(place: int) -> tuple[LineFacts, ...]:
    """One to three positions, the same for the same place."""
    picked = [GOODS[(place * 3 + step * 5) % len(GOODS)] for step in range(place % 3 + 1)]
    return tuple(
        LineFacts(sku=sku, title=title, quantity=1 + (place + turn) % 2, unit_price=Decimal(price))
        for turn, (sku, title, price) in enumerate(picked)
    )
