"""How good a model is, in figures that mean something to whoever answers for it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from apps.triage.adapters.local import Thresholds
from apps.triage.adapters.training import Outcome, Prepared, examine, folds, train
from apps.triage.calibration import calibration_error


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Shares from 0 to 1. Strangers are texts that belong to no label."""

    texts: int
    accuracy: float
    calibration_error: float
    automated: float
    automated_right: float
    strangers: int
    strangers_automated: float

    @classmethod
    def of(cls, said: Outcome, thresholds: Thresholds) -> "Measured":
        """Measure what a model said. ``automated_right`` counts strangers let through as wrong."""
        return cls.over(said, said.passes(thresholds) & (said.confidence >= thresholds.bar))

    @classmethod
    def over(cls, said: Outcome, automated: np.ndarray) -> "Measured":
        """Measure, given which texts went on alone."""
        ours, right = said.in_scope, said.right

        def share(flags: np.ndarray) -> float:
            return round(float(flags.mean()), 4) if flags.size else 0.0

        return cls(
            texts=int(ours.sum()),
            accuracy=share(right[ours]),
            calibration_error=round(calibration_error(said.confidence[ours], right[ours]), 4),
            automated=share(automated[ours]),
            automated_right=share(right[automated]),
            strangers=int((~ours).sum()),
            strangers_automated=share(automated[~ours]),
        )


def measure_afresh(data: Prepared) -> Measured:
    """Train and calibrate five times on four fifths, and ask about the fifth left out.

    Unlike the figures of one training, no threshold has seen the texts it is measured on.
    """
    outcomes, flags = [], []
    for learn, ask in folds(data.labels):
        model, _ = train(data.part(learn))
        said = examine(model, data.part(ask))
        outcomes.append(said)
        flags.append(said.passes(model.thresholds) & (said.confidence >= model.thresholds.bar))
    return Measured.over(joined(outcomes), np.concatenate(flags))


def joined(outcomes: Sequence[Outcome]) -> Outcome:
    """Several outcomes as one."""
    return Outcome(
        truth=tuple(label for one in outcomes for label in one.truth),
        best=tuple(label for one in outcomes for label in one.best),
        confidence=np.concatenate([one.confidence for one in outcomes]),
        margin=np.concatenate([one.margin for one in outcomes]),
        agree=np.concatenate([one.agree for one in outcomes]),
    )


def by_label(said: Outcome) -> dict[str, dict[str, float | int]]:
    """For each label: how many texts, how many of them were found, how many finds were right."""
    pairs = list(zip(said.truth, said.best, strict=True))
    table: dict[str, dict[str, float | int]] = {}
    for label in sorted({one for one in said.truth if one}):
        texts = sum(truth == label for truth, _ in pairs)
        found = sum(truth == best == label for truth, best in pairs)
        named = sum(best == label and truth is not None for truth, best in pairs)
        table[label] = {
            "texts": texts,
            "recall": round(found / texts, 3),
            "precision": round(found / named, 3) if named else 0.0,
        }
    return table


def confusions(said: Outcome, most: int = 8) -> list[tuple[str, str, int]]:
    """The mistakes made most often: the true label, the one named, how many."""
    mistakes = Counter(
        (truth, best or "")
        for truth, best in zip(said.truth, said.best, strict=True)
        if truth and truth != best
    )
    return [(truth, best, count) for (truth, best), count in mistakes.most_common(most)]
