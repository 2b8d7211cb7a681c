"""From logits to honest numbers: confidence that means what it says, and where to stop."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Flags = NDArray[np.bool_]

NEVER = 1.0
"""A bar nothing passes: too little evidence to automate."""
LEAST = 59
"""Right answers in a row it takes to promise 5 % error with 95 % certainty."""


def probabilities(logits: Floats, scale: float) -> Floats:
    """Softmax of scaled logits, one row a text."""
    shifted = logits * scale
    powers = np.exp(shifted - shifted.max(axis=-1, keepdims=True))
    answer: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return answer


def fit_scale(logits: Floats, truth: Sequence[int]) -> float:
    """The scale (one over the temperature) under which out-of-fold truths are likeliest."""
    rows = np.arange(len(truth))

    def surprise(scale: float) -> float:
        likely = probabilities(logits, scale)[rows, truth]
        return float(-np.log(np.clip(likely, 1e-12, None)).mean())

    candidates = np.geomspace(0.25, 32.0, 141)
    return float(candidates[int(np.argmin([surprise(scale) for scale in candidates]))])


def scope_threshold(scores: Floats, *, keep: float = 0.95) -> float:
    """The score that this share of in-scope texts reaches."""
    return float(np.quantile(scores, 1 - keep))


def most_errors(wrong: int, total: int, *, doubt: float = 0.05) -> float:
    """Clopper-Pearson: the error rate that ``doubt`` says is not exceeded."""
    from scipy.special import betaincinv  # noqa: PLC0415 - only training needs it

    return 1.0 if wrong >= total else float(betaincinv(wrong + 1, total - wrong, 1 - doubt))


def lowest_bar(confidence: Floats, right: Flags, *, target: float) -> float:
    """The lowest confidence from which on the error, surely enough, stays under ``target``.

    Each possible bar is tested by itself; with fewer than ``LEAST`` answers none passes.
    """
    order = np.argsort(-confidence, kind="stable")
    wrong = np.cumsum(~right[order])
    bar = NEVER
    for count in range(LEAST, len(order) + 1):
        if most_errors(int(wrong[count - 1]), count) <= target:
            bar = float(confidence[order[count - 1]])
    return bar


def calibration_error(confidence: Floats, right: Flags, *, bins: int = 10) -> float:
    """Expected distance between what was said and what was so."""
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(confidence[place == one].mean() - right[place == one].mean()) * (place == one).mean()
        for one in range(bins)
        if (place == one).any()
    ]
    return float(sum(gaps))
