"""What triage asks of a model, whoever makes it."""

from collections.abc import Sequence
from typing import Protocol

from apps.core.errors import Refused, Unavailable
from apps.triage.types import LabelInfo, RawAnswer


class ModelUnavailable(Unavailable):
    """The model cannot be reached, or does not answer."""

    message = "The model {model} does not answer: {problem}."


class ModelDamaged(Refused):
    """A stored model is not what was stored."""

    message = "The stored model {model} cannot be used: {problem}."


class Classifier(Protocol):
    """Says what a text is about. What it says is only believed once ``rules`` checked it."""

    def classify(self, text: str, labels: Sequence[LabelInfo]) -> RawAnswer:
        """Answer with one of ``labels``, or none. Raises ModelUnavailable, and nothing else."""
        ...
