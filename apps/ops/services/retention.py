"""How long the engine remembers what is over."""

from dataclasses import dataclass
from datetime import timedelta

from apps.coordination.services import forgetting
from apps.ops.sample.playing import SOURCE


@dataclass(frozen=True, kw_only=True)
class Forgotten:
    """How much was removed."""

    runs: int
    answers: int


def forget_old(*, days: float) -> Forgotten:
    """Remove runs that finished more than so many days ago, and answers given before that.

    What the sample desk remembers of itself stays: it would be set up anew.
    """
    age = timedelta(days=days)
    runs = forgetting.forget_runs(older_than=age)
    return Forgotten(runs=runs, answers=forgetting.forget_answers(older_than=age, kept=[SOURCE]))
