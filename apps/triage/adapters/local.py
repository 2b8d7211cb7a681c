"""The classifier that runs inside the product: two linear heads, stacked and calibrated."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from apps.triage.adapters.features import Concepts, letter_terms
from apps.triage.adapters.weighing import Floats, Head
from apps.triage.calibration import probabilities
from apps.triage.types import LabelInfo, RawAnswer

LETTERS, IDEAS = "letters", "ideas"
IDEAS_WEIGHT = 0.5
"""What the second head counts beside the first. Chosen on held-out mails, not on folds: whoever
wrote the table of ideas had seen the examples, so folds flatter that head."""
MOST_EVIDENCE = 4


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """What calibration found: how steep, where strangers begin, what may be automated."""

    scale: float = 1.0
    scope: float = 0.0
    bar: float = 1.0


@dataclass(frozen=True, kw_only=True)
class LocalModel:
    """A trained model as plain arrays. The class None is what belongs to no label."""

    classes: tuple[str | None, ...]
    letters: Head
    ideas: Head
    concepts: Concepts
    languages: tuple[str, ...] = ()
    thresholds: Thresholds = Thresholds()
    known: tuple[int, ...] = field(init=False)
    stranger: int = field(init=False)

    def __post_init__(self) -> None:
        known = tuple(i for i, label in enumerate(self.classes) if label is not None)
        object.__setattr__(self, "known", known)
        object.__setattr__(self, "stranger", self.classes.index(None))

    def opinions(self, text: str) -> tuple[Floats, Floats]:
        """The logits of both heads."""
        letters = self.letters.logits(letter_terms(text))
        return letters, self.ideas.logits(self.concepts.terms(text))

    def best(self, logits: Floats) -> int:
        """The class of the likeliest label, whatever strangers may score."""
        return max(self.known, key=lambda place: float(logits[place]))

    def margin(self, logits: Floats) -> float:
        """How much more the text looks like a label than like none."""
        return float(logits[self.best(logits)] - logits[self.stranger])


def stacked(letters: Floats, ideas: Floats) -> Floats:
    """Both opinions as one."""
    answer: Floats = letters + np.float32(IDEAS_WEIGHT) * ideas
    return answer


@dataclass(frozen=True, kw_only=True)
class LocalClassifier:
    """Answers from a model in memory; needs no network and always answers the same."""

    model: LocalModel
    name: str

    def classify(self, text: str, labels: Sequence[LabelInfo]) -> RawAnswer:
        """Weigh one text. Which labels are allowed is for the rules to say."""
        letters, ideas = self.model.opinions(text)
        logits = stacked(letters, ideas)
        likely = probabilities(logits, self.model.thresholds.scale)
        first, second = sorted(self.model.known, key=lambda place: -float(logits[place]))[:2]
        classes = self.model.classes
        return RawAnswer(
            label=classes[first],
            confidence=float(likely[first]),
            model=self.name,
            runner_up=classes[second],
            runner_up_confidence=float(likely[second]),
            scope=self.model.margin(logits) - self.model.thresholds.scope,
            bar=self.model.thresholds.bar,
            heads={
                LETTERS: classes[self.model.best(letters)],
                IDEAS: classes[self.model.best(ideas)],
            },
            probabilities={
                label: float(chance)
                for label, chance in zip(classes, likely, strict=True)
                if label is not None
            },
            languages=self.model.languages,
            evidence=self.evidence(text, first),
        )

    def evidence(self, text: str, place: int) -> tuple[str, ...]:
        """The customer's words that spoke loudest for a label."""
        head = self.model.ideas
        loud: dict[str, float] = {}
        for concept, words in self.model.concepts.found(text):
            term = head.index.get(concept)
            if term is not None:
                weight = float(head.coefficients[place, term] * head.idf[term])
                loud[words] = max(weight, loud.get(words, 0.0))
        ranked = sorted((words for words in loud if loud[words] > 0), key=lambda w: -loud[w])
        return tuple(ranked[:MOST_EVIDENCE])
