"""From any shop's JSON to our facts, by dotted paths that an admin edits."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from apps.core.paths import (
    UnreadableField,
    dig,
    is_path,
    list_at,
    number_at,
    text_at,
    time_at,
    unreadable,
)
from apps.core.urls import web_address
from apps.core.web import is_header
from apps.orders.rules import same_number
from apps.orders.states import OrderStatus
from apps.orders.types import LineFacts, OrderFacts

MOST_LINES = 200
TEXTS = {
    "currency": 3,
    "carrier": 60,
    "tracking_number": 80,
    "tracking_url": 500,
    "email": 254,
}
PATHS = {
    *TEXTS,
    "placed_at",
    "shipped_at",
    "delivered_at",
    "root",
    "number",
    "status",
    "total",
    "updated_at",
    "lines",
    "line.sku",
    "line.title",
    "line.quantity",
    "line.unit_price",
}
OTHERS = {"path", "status_words", "minor_digits", "auth_header", "auth_prefix"}
EXAMPLE: dict[str, Any] = {
    "path": "/orders/{number}",
    "root": "order",
    "number": "name",
    "status": "fulfillment.status",
    "status_words": {"fulfilled": "shipped", "in transit": "shipped"},
    "email": "customer.email",
    "placed_at": "created_at",
    "updated_at": "updated_at",
    "currency": "currency",
    "total": "total_price",
    "carrier": "fulfillment.carrier",
    "tracking_number": "fulfillment.tracking.number",
    "tracking_url": "fulfillment.tracking.url",
    "shipped_at": "fulfillment.shipped_at",
    "delivered_at": "fulfillment.delivered_at",
    "lines": "items",
    "line.sku": "sku",
    "line.title": "name",
    "line.quantity": "quantity",
    "line.unit_price": "price",
}
"""A mapping to start from; the admin shows it beside the field."""


class OtherOrder(UnreadableField):
    """The shop answered with another order than it was asked for."""

    message = "it answered with order {found} when asked for {asked}"


def problems_of(mapping: Any) -> list[str]:
    """What is wrong with a mapping, in sentences; nothing when it can be used."""
    if not isinstance(mapping, dict):
        return ["A mapping is an object of names and paths."]
    found = [f"{name} is not a name of ours." for name in mapping if name not in PATHS | OTHERS]
    found += [
        f"{name} is not a path such as order.lines.0.sku."
        for name in sorted(PATHS & mapping.keys())
        if not is_path(mapping[name]) and not (name == "root" and mapping[name] == "")
    ]
    found += [f"{name} is missing." for name in ("path", "status") if not mapping.get(name)]
    return [*found, *problems_of_path(mapping), *problems_of_words(mapping)]


def problems_of_path(mapping: dict[str, Any]) -> list[str]:
    """What is wrong with where and how the shop is asked."""
    found = []
    path = mapping.get("path")
    if path is not None and not is_request_path(path):
        found.append("path starts with / and holds {number} once, such as /orders/{number}.")
    if not is_header(mapping.get("auth_header", "Authorization")):
        found.append("auth_header is not the name of a header.")
    prefix = mapping.get("auth_prefix", "")
    if not isinstance(prefix, str) or not (prefix.isascii() and (prefix + "x").isprintable()):
        found.append("auth_prefix is plain text, such as Bearer.")
    return found


def is_request_path(path: object) -> bool:
    """Tell whether an address can be made of it by putting a number in."""
    if not isinstance(path, str) or len(path) > 300 or not path.isascii():
        return False
    plain = path.isprintable() and " " not in path and "#" not in path
    rest = path.replace("{number}", "", 1)
    rooted = path.startswith("/") and not path.startswith("//")
    return plain and rooted and path != rest and not set("{}") & set(rest)


def problems_of_words(mapping: dict[str, Any]) -> list[str]:
    """What is wrong with the shop's words for statuses, and its way to write money."""
    words = mapping.get("status_words", {})
    if not isinstance(words, dict):
        return ["status_words is an object from the shop's words to ours."]
    found = [
        f"status_words says {word!r} is {ours!r}; ours are {', '.join(OrderStatus.values)}."
        for word, ours in words.items()
        if ours not in OrderStatus.values
    ]
    if (
        mapping.get("minor_digits", 0) not in (0, 1, 2, 3, 4)
        or mapping.get("minor_digits") is True
    ):
        found.append("minor_digits is a number from 0 to 4: 2 when prices are in cents.")
    return found


def request_path(mapping: Mapping[str, Any], number: str) -> str:
    """Where to ask for a number; whatever it holds, it stays one part of the address."""
    path: str = mapping["path"]
    return path.replace("{number}", quote(number, safe=""))


def order_in(
    answer: Any, mapping: Mapping[str, Any], *, shop: str, number: str
) -> OrderFacts | None:
    """Read the order out of a shop's answer; None when it holds none.

    Raises UnreadableField when a value is not what the mapping says.
    """
    data = dig(answer, mapping.get("root", ""))
    if isinstance(data, list):
        data = next((one for one in data if named(one, mapping, number)), None)
    if data is None or data == {}:
        return None
    if not isinstance(data, dict):
        raise unreadable(mapping.get("root", ""), data, "an object")
    if not named(data, mapping, number):
        raise OtherOrder(found=text_at(data, mapping["number"], most=40), asked=number)
    word = text_at(data, mapping["status"], most=60)
    texts = {name: text_in(data, mapping, name, most=most) for name, most in TEXTS.items()}
    return OrderFacts(
        shop=shop,
        number=number,
        status=status_of(word, mapping.get("status_words", {})),
        status_word=word,
        email=texts["email"],
        placed_at=time_in(data, mapping, "placed_at"),
        currency=texts["currency"].upper(),
        total=money_at(data, mapping, "total"),
        carrier=texts["carrier"],
        tracking_number=texts["tracking_number"],
        tracking_url=web_address(texts["tracking_url"]),
        shipped_at=time_in(data, mapping, "shipped_at"),
        delivered_at=time_in(data, mapping, "delivered_at"),
        source_updated_at=time_in(data, mapping, "updated_at"),
        lines=lines_in(data, mapping),
    )


def named(data: Any, mapping: Mapping[str, Any], number: str) -> bool:
    """Tell whether this is the order asked for, as far as the mapping lets us see."""
    if "number" not in mapping:
        return True
    return same_number(text_at(data, mapping["number"], most=40), number)


def text_in(data: Any, mapping: Mapping[str, Any], name: str, *, most: int) -> str:
    """A text, if the mapping says where it lies."""
    return text_at(data, mapping[name], most=most) if name in mapping else ""


def time_in(data: Any, mapping: Mapping[str, Any], name: str) -> datetime | None:
    """A moment, if the mapping says where it lies."""
    return time_at(data, mapping[name]) if name in mapping else None


def money_at(data: Any, mapping: Mapping[str, Any], name: str) -> Decimal | None:
    """An amount in whole currency units, to the cent."""
    number = number_at(data, mapping[name]) if name in mapping else None
    if number is None:
        return None
    amount: Decimal = (number / 10 ** mapping.get("minor_digits", 0)).quantize(Decimal("0.01"))
    if abs(amount) >= Decimal(10) ** 10:
        raise unreadable(mapping[name], number, "an amount of money")
    return amount


def status_of(word: str, words: Mapping[str, str]) -> str:
    """Our word for the shop's; spelling and case do not matter, what nobody mapped is unknown."""
    ours = {key.casefold().strip(): value for key, value in words.items()}
    plain = word.casefold().strip()
    same = plain.replace(" ", "_").replace("-", "_")
    return ours.get(plain) or (same if same in OrderStatus.values else OrderStatus.UNKNOWN.value)


def lines_in(data: Any, mapping: Mapping[str, Any]) -> tuple[LineFacts, ...]:
    """The order's positions, the first two hundred."""
    found = list_at(data, mapping["lines"], most=MOST_LINES) if "lines" in mapping else []
    return tuple(line_in(line, mapping) for line in found)


def line_in(line: Any, mapping: Mapping[str, Any]) -> LineFacts:
    """One position; without a count it is one piece."""
    path = mapping.get("line.quantity", "quantity")
    quantity = number_at(line, path)
    if quantity is not None and not 0 <= quantity < 1_000_000:
        raise unreadable(path, quantity, "a count")
    sku = text_in(line, mapping, "line.sku", most=60)
    return LineFacts(
        sku=sku,
        title=text_in(line, mapping, "line.title", most=200) or sku or "(no title)",
        quantity=1 if quantity is None else int(quantity),
        unit_price=money_at(line, mapping, "line.unit_price"),
    )
