"""Plain decisions about orders: what a number looks like, and which numbers are the same."""

import re

NUMBER = re.compile(r"#?[A-Za-z0-9][A-Za-z0-9._-]{0,38}")


def is_order_number(text: str) -> bool:
    """Tell whether a text may be an order's number: 1 to 40 letters, digits, dots or dashes."""
    return bool(NUMBER.fullmatch(text))


def same_number(one: str, other: str) -> bool:
    """Tell whether two spellings mean one order: ``#a-1001`` is ``A-1001``."""
    return spelled(one) == spelled(other)


def spelled(number: str) -> str:
    """The spelling that numbers are compared in."""
    return number.strip().removeprefix("#").upper()
