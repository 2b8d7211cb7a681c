"""What triage passes around: labels, a model's raw answer, and the checked verdict."""

from collections.abc import Mapping
from dataclasses import dataclass, field

LEVELS = ("low", "normal", "high", "urgent")
"""How urgent a message can be, in rising order."""


@dataclass(frozen=True, kw_only=True)
class LabelInfo:
    """A label as a classifier sees it. ``bar`` is the admin's own, None for the measured one."""

    slug: str
    name: str
    description: str
    is_active: bool = True
    always_review: bool = False
    bar: float | None = None


@dataclass(frozen=True, kw_only=True)
class Example:
    """A text somebody labelled; None means that it belongs to no label at all."""

    text: str
    label: str | None
    language: str


@dataclass(frozen=True, kw_only=True)
class RawAnswer:
    """What a model says, before anybody has checked it.

    ``scope`` is how far the text lies inside what the model knows: below zero it is a stranger.
    ``heads`` are the independent opinions behind the answer, by name; ``languages`` are those
    the model has learned, none for any.
    """

    label: str | None
    confidence: float
    model: str
    runner_up: str | None = None
    runner_up_confidence: float = 0.0
    scope: float = 0.0
    bar: float = 1.0
    heads: Mapping[str, str | None] = field(default_factory=dict)
    probabilities: Mapping[str, float] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A checked classification. ``confidence`` is calibrated; ``label`` is None when abstaining.

    Only a verdict that is ``sure`` may be acted upon without a person; ``reasons`` say why it
    is, or why it is not. When it abstains, ``runner_up`` still carries the best guess.
    """

    label: str | None
    confidence: float
    runner_up: str | None
    runner_up_confidence: float
    language: str
    urgency: str
    sure: bool
    reasons: tuple[str, ...]
    model: str


@dataclass(frozen=True, kw_only=True)
class OrderCandidate:
    """Something in a text that looks like an order number; nobody believes it yet.

    ``start`` and ``end`` are where it stands in the text; ``named`` is whether the customer
    called it an order.
    """

    number: str
    start: int
    end: int
    named: bool
