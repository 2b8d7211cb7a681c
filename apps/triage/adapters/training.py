"""Learning from examples with scikit-learn, which nothing else needs: it takes long to import."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.triage.adapters.features import Concepts, letter_terms
from apps.triage.adapters.local import IDEAS, LETTERS, LocalModel, Thresholds, stacked
from apps.triage.adapters.weighing import Head
from apps.triage.calibration import fit_scale, lowest_bar, probabilities, scope_threshold
from apps.triage.types import Example

FOLDS = 5
TARGET_ERROR = 0.05
MOST_TERMS = {LETTERS: 60_000, IDEAS: 6_000}
SOFTNESS = {LETTERS: 0.5, IDEAS: 0.2}
"""How closely each head follows its examples (``C`` of the support vector machine)."""

NOTHING = "nothing"
"""The one term of a head that met none of its own in any example."""

Terms = list[list[str]]


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """Examples turned into terms once, however many folds learn from them."""

    labels: tuple[str | None, ...]
    languages: tuple[str, ...]
    letters: Terms
    ideas: Terms
    concepts: Concepts

    def part(self, places: Iterable[int]) -> "Prepared":
        """Some of the examples."""
        chosen = list(places)
        return replace(
            self,
            labels=tuple(self.labels[i] for i in chosen),
            letters=[self.letters[i] for i in chosen],
            ideas=[self.ideas[i] for i in chosen],
        )


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a model said of texts it had not learned from."""

    truth: tuple[str | None, ...]
    best: tuple[str | None, ...]
    confidence: NDArray[np.floating]
    margin: NDArray[np.floating]
    agree: NDArray[np.bool_]

    @property
    def in_scope(self) -> NDArray[np.bool_]:
        """Which texts belong to a label."""
        return np.array([label is not None for label in self.truth])

    @property
    def right(self) -> NDArray[np.bool_]:
        """Where the best label was the true one; for a stranger no label is."""
        return np.array([a == b for a, b in zip(self.truth, self.best, strict=True)])

    def passes(self, thresholds: Thresholds) -> NDArray[np.bool_]:
        """Which texts lie in scope and have both heads behind them."""
        flags: NDArray[np.bool_] = (self.margin >= thresholds.scope) & self.agree
        return flags


def prepare(examples: Sequence[Example], concepts: Concepts) -> Prepared:
    """Read each text once."""
    return Prepared(
        labels=tuple(example.label for example in examples),
        languages=tuple(sorted({example.language for example in examples})),
        letters=[letter_terms(example.text) for example in examples],
        ideas=[concepts.terms(example.text) for example in examples],
        concepts=concepts,
    )


def train(data: Prepared) -> tuple[LocalModel, Outcome]:
    """A model calibrated on texts that folds had not seen, and what the folds said of those."""
    classes = tuple(sorted(set(data.labels), key=lambda label: (label is None, label or "")))
    letters, ideas = _out_of_fold(data, classes)
    logits = stacked(letters, ideas)
    scale = fit_scale(logits, [classes.index(label) for label in data.labels])
    fitted = _fit(data, classes)
    said = outcome(fitted, data.labels, letters, ideas, scale)
    scope = scope_threshold(said.margin[said.in_scope])
    thresholds = Thresholds(scale=scale, scope=scope)
    passed = said.passes(thresholds)
    bar = lowest_bar(said.confidence[passed], said.right[passed], target=TARGET_ERROR)
    return replace(fitted, thresholds=replace(thresholds, bar=bar)), said


def examine(model: LocalModel, data: Prepared) -> Outcome:
    """What a model says of other texts."""
    letters = np.stack([model.letters.logits(terms) for terms in data.letters])
    ideas = np.stack([model.ideas.logits(terms) for terms in data.ideas])
    return outcome(model, data.labels, letters, ideas, model.thresholds.scale)


def outcome(
    model: LocalModel,
    truth: Sequence[str | None],
    letters: NDArray[np.float32],
    ideas: NDArray[np.float32],
    scale: float,
) -> Outcome:
    """Shape the logits of both heads into what can be compared with the truth."""
    logits = stacked(letters, ideas)
    best = [model.best(row) for row in logits]
    likely = probabilities(logits, scale)
    return Outcome(
        truth=tuple(truth),
        best=tuple(model.classes[place] for place in best),
        confidence=likely[np.arange(len(best)), best],
        margin=np.array([model.margin(row) for row in logits]),
        agree=np.array(
            [
                model.best(one) == model.best(two) == place
                for one, two, place in zip(letters, ideas, best, strict=True)
            ]
        ),
    )


def folds(labels: Sequence[str | None], count: int = FOLDS) -> list[tuple[list[int], list[int]]]:
    """Places to learn from and places to be asked about; always the same."""
    from sklearn.model_selection import StratifiedKFold  # noqa: PLC0415 - slow to import

    names = [label or "" for label in labels]
    cut = StratifiedKFold(count, shuffle=True, random_state=0).split(names, names)
    return [(learn.tolist(), ask.tolist()) for learn, ask in cut]


def _out_of_fold(data: Prepared, classes: Sequence[str | None]) -> tuple[Any, Any]:
    letters = np.zeros((len(data.labels), len(classes)), np.float32)
    ideas = np.zeros_like(letters)
    for learn, ask in folds(data.labels):
        model = _fit(data.part(learn), classes)
        for place in ask:
            letters[place] = model.letters.logits(data.letters[place])
            ideas[place] = model.ideas.logits(data.ideas[place])
    return letters, ideas


def _fit(data: Prepared, classes: Sequence[str | None]) -> LocalModel:
    truth = [classes.index(label) for label in data.labels]
    return LocalModel(
        classes=tuple(classes),
        letters=_fit_head(LETTERS, data.letters, truth),
        ideas=_fit_head(IDEAS, data.ideas, truth),
        concepts=data.concepts,
        languages=data.languages,
    )


def _fit_head(name: str, terms: Terms, truth: Sequence[int]) -> Head:
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - slow to import
    from sklearn.svm import LinearSVC  # noqa: PLC0415 - slow to import

    vectorizer = TfidfVectorizer(
        analyzer=list, sublinear_tf=True, max_features=MOST_TERMS[name], dtype=np.float32
    )
    matrix = vectorizer.fit_transform(terms if any(terms) else [[NOTHING]] * len(terms))
    machine = LinearSVC(C=SOFTNESS[name], random_state=0).fit(matrix, truth)
    return Head(
        name=name,
        vocabulary=tuple(vectorizer.get_feature_names_out()),
        idf=vectorizer.idf_.astype(np.float32),
        coefficients=machine.coef_.astype(np.float16).astype(np.float32),
        intercepts=machine.intercept_.astype(np.float32),
    )
