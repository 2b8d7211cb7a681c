"""Builders for triage: a trained model costs seconds, so there is one for all tests."""

import hashlib
from functools import cache

from django.utils import timezone

from apps.triage.adapters.features import Concepts
from apps.triage.adapters.local import LocalClassifier, LocalModel
from apps.triage.adapters.measuring import Measured
from apps.triage.adapters.storing import pack
from apps.triage.adapters.training import Outcome, Prepared, prepare, train
from apps.triage.models import ModelVersion
from apps.triage.services.labelling import ensure_starter_labels
from apps.triage.starter import starter_concepts, starter_examples, starter_labels
from apps.triage.types import LabelInfo, RawAnswer, Verdict

LABELS = starter_labels()


@cache
def prepared() -> Prepared:
    """The starter examples as terms."""
    return prepare(starter_examples(), Concepts(starter_concepts()))


@cache
def trained() -> tuple[LocalModel, Outcome]:
    """The model every new desk gets, and what its folds said."""
    return train(prepared())


@cache
def packed() -> tuple[bytes, str]:
    """Its bytes and their checksum."""
    data = pack(trained()[0])
    return data, hashlib.sha256(data).hexdigest()


def classifier() -> LocalClassifier:
    """The model as a classifier, without a database."""
    return LocalClassifier(model=trained()[0], name="local 1")


def live_model(**fields) -> ModelVersion:
    """The model stored and live, with the starter labels."""
    ensure_starter_labels()
    data, sha256 = packed()
    measured = Measured.of(trained()[1], trained()[0].thresholds)
    defaults = {
        "version": 1,
        "arrays": data,
        "sha256": sha256,
        "facts": {"measured": {"accuracy": measured.accuracy}},
        "is_live": True,
        "created_at": timezone.now(),
    }
    return ModelVersion.objects.create(**defaults | fields)


def label(slug: str = "refund", **fields) -> LabelInfo:
    """A label as a value."""
    return LabelInfo(**{"slug": slug, "name": slug.capitalize(), "description": "."} | fields)


def answer(**fields) -> RawAnswer:
    """A model's answer that nothing speaks against."""
    defaults = {
        "label": "refund",
        "confidence": 0.9,
        "model": "local 1",
        "runner_up": "invoice",
        "runner_up_confidence": 0.05,
        "scope": 0.4,
        "bar": 0.7,
        "heads": {"letters": "refund", "ideas": "refund"},
        "probabilities": {"refund": 0.9, "invoice": 0.05},
    }
    return RawAnswer(**defaults | fields)


def verdict(**fields) -> Verdict:
    """A verdict somebody may act upon."""
    defaults = {
        "label": "refund",
        "confidence": 0.9,
        "runner_up": "invoice",
        "runner_up_confidence": 0.05,
        "language": "en",
        "urgency": "normal",
        "sure": True,
        "reasons": ("Confidence 0.90 reaches the bar of 0.70.",),
        "model": "local 1",
    }
    return Verdict(**defaults | fields)
