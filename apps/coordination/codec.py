"""Values to JSON and back, guided by type hints: what steps remember and events carry."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, get_type_hints

from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from apps.core.text import storable


@cache
def adapter(hint: Any) -> TypeAdapter[Any]:
    """The (cached) reader and writer of one type."""
    return TypeAdapter(hint)


def encode(value: Any) -> Any:
    """Turn plain values, dates and (nested) dataclasses into what JSON and PostgreSQL can keep.

    Raises TypeError for what cannot be remembered, such as a model instance, and for a set, whose
    order differs from process to process and would make of the same step another one.
    """
    refuse_sets(value)
    try:
        return kept(to_jsonable_python(value))
    except Exception as error:
        problem = f"A step's values must be plain data; {type(value).__name__} is not."
        raise TypeError(problem) from error


def refuse_sets(value: Any) -> None:
    """Raise TypeError when a set is somewhere among the values."""
    if isinstance(value, set | frozenset):
        problem = "A set has no order to remember: make a sorted list of it."
        raise TypeError(problem)
    parts: Iterable[Any] = ()
    if isinstance(value, list | tuple):
        parts = value
    elif isinstance(value, dict):
        parts = value.values()
    elif is_dataclass(value):
        parts = (getattr(value, part.name) for part in fields(value))
    for part in parts:
        refuse_sets(part)


def kept(value: Any) -> Any:
    """The same without what jsonb cannot hold: NUL and lone surrogates in somebody's text."""
    if isinstance(value, str):
        return value if value.isascii() and "\x00" not in value else storable(value)
    if isinstance(value, list):
        return [kept(item) for item in value]
    if isinstance(value, dict):
        return {kept(key): kept(item) for key, item in value.items()}
    return value


def decode(hint: Any, data: Any) -> Any:
    """Read a value of the hinted type back."""
    if hint is None or hint is type(None):
        return None
    return adapter(hint).validate_python(data)


@cache
def result_type(function: Callable[..., Any]) -> Any:
    """The annotated result of a step's function; steps must say what they return."""
    hints = get_type_hints(function)
    if "return" not in hints:
        problem = f"{function.__qualname__} is used as a step and does not say what it returns."
        raise TypeError(problem)
    return hints["return"]


def digest(value: Any) -> str:
    """A short, stable fingerprint of JSON-able values."""
    text = json.dumps(encode(value), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
