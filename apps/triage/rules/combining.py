"""A hosted model and the local one check each other."""

from collections.abc import Mapping
from dataclasses import replace

from apps.triage.types import RawAnswer

TRUST = 0.8
"""How often a hosted model is assumed right until its reviewed record says more. Its own word
about how sure it is counts for nothing."""


def combined(hosted: RawAnswer, local: RawAnswer | None) -> RawAnswer:
    """One answer out of two: only where both say the same can it be sure.

    The local model's calibrated chances are updated with the hosted model's label; scope and
    bar stay the local model's. Without one, nothing is sure.
    """
    if hosted.label is None:
        return _without_hosted(hosted, local)
    if local is None or hosted.label not in local.probabilities:
        doubt = "No local model has learned this label, so nothing checks the hosted one."
        return replace(hosted, confidence=TRUST, doubts=(*hosted.doubts, doubt))
    chances = updated(local.probabilities, hosted.label)
    first, second = sorted(chances, key=lambda label: -chances[label])[:2]
    return replace(
        local,
        label=first,
        confidence=chances[first],
        runner_up=second,
        runner_up_confidence=chances[second],
        heads={"hosted model": hosted.label, "local model": local.label},
        evidence=hosted.evidence or local.evidence,
        doubts=hosted.doubts,
        model=f"{hosted.model} + {local.model}",
    )


def updated(chances: Mapping[str, float], said: str) -> dict[str, float]:
    """Bayes' rule: what the chances become once somebody, right ``TRUST`` of the time, spoke.

    What the chances lack to one is the chance that no label fits; it is kept.
    """
    other = (1 - TRUST) / max(len(chances) - 1, 1)
    weighed = {
        label: chance * (TRUST if label == said else other) for label, chance in chances.items()
    }
    total = sum(weighed.values()) + max(0.0, 1 - sum(chances.values())) * other
    return {label: weight / total for label, weight in weighed.items()} if total else dict(chances)


def _without_hosted(hosted: RawAnswer, local: RawAnswer | None) -> RawAnswer:
    """The hosted model named no label: the local guess stands, for a person to look at."""
    doubts = hosted.doubts or ("The hosted model names no label.",)
    if local is None:
        return replace(hosted, doubts=doubts)
    return replace(local, doubts=doubts, model=f"{hosted.model} + {local.model}")
