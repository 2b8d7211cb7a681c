"""Training the local model and choosing which one is live."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from apps.core.db import locked
from apps.core.errors import Refused
from apps.triage.adapters.features import Concepts
from apps.triage.adapters.local import LocalModel
from apps.triage.adapters.measuring import Measured, by_label, confusions
from apps.triage.adapters.storing import pack, unpack
from apps.triage.adapters.training import FOLDS, TARGET_ERROR, Outcome, prepare, train
from apps.triage.models import Label, ModelVersion
from apps.triage.services.labelling import ensure_starter_labels
from apps.triage.starter import starter_concepts, starter_examples
from apps.triage.types import Example

LEAST_EXAMPLES = 2 * FOLDS


class TooFewExamples(Refused):
    """There is nothing to tell apart."""

    message = "Training needs two labels with {least} examples each, and as many of no label."


def train_local_model(*, at: datetime, examples: Sequence[Example] | None = None) -> ModelVersion:
    """Learn from the starter examples (or others) of the labels there are, and go live.

    The same examples always give the same model; training it again only makes it live.
    """
    known = set(Label.objects.values_list("slug", flat=True))
    offered = starter_examples() if examples is None else examples
    learned, left_out = usable(offered, known)
    model, said = train(prepare(learned, Concepts(starter_concepts())))
    arrays = pack(model)
    sha256 = hashlib.sha256(arrays).hexdigest()
    facts = facts_about(model, said, learned) | {"labels_not_trained": left_out}
    return _store(arrays=arrays, sha256=sha256, facts=facts, at=at)


def ensure_trained(*, at: datetime) -> ModelVersion:
    """See to it that a desk has labels and a live model; one that has them keeps them."""
    live = ModelVersion.objects.defer("arrays").filter(is_live=True).first()
    if live:
        return live
    ensure_starter_labels()
    return train_local_model(at=at)


def usable(examples: Sequence[Example], known: set[str]) -> tuple[tuple[Example, ...], list[str]]:
    """Examples worth learning from, and labels that have too few. Raises TooFewExamples."""
    counts = Counter(one.label for one in examples if one.label is None or one.label in known)
    enough = {label for label, count in counts.items() if count >= LEAST_EXAMPLES}
    if None not in enough or len(enough) < 3:
        raise TooFewExamples(least=LEAST_EXAMPLES)
    learned = tuple(one for one in examples if one.label in enough)
    return learned, sorted(known - {label for label in enough if label})


def facts_about(model: LocalModel, said: Outcome, examples: Sequence[Example]) -> dict[str, Any]:
    """What people may want to know of a model; out-of-fold figures."""
    texts = json.dumps([asdict(example) for example in examples], sort_keys=True)
    return {
        "examples": len(examples),
        "examples_sha256": hashlib.sha256(texts.encode()).hexdigest(),
        "labels": [label for label in model.classes if label],
        "languages": list(model.languages),
        "target_error": TARGET_ERROR,
        "thresholds": asdict(model.thresholds),
        "measured": asdict(Measured.of(said, model.thresholds)),
        "by_label": by_label(said),
        "confusions": confusions(said),
    }


@transaction.atomic
def make_live(*, version_id: int) -> ModelVersion:
    """Let another stored model classify from now on; a damaged one is refused."""
    chosen = locked(ModelVersion, version_id)
    unpack(bytes(chosen.arrays), sha256=chosen.sha256, name=chosen.name)
    ModelVersion.objects.filter(is_live=True).exclude(pk=chosen.pk).update(is_live=False)
    chosen.is_live = True
    chosen.save(update_fields=["is_live"])
    return chosen


@transaction.atomic
def _store(*, arrays: bytes, sha256: str, facts: dict[str, Any], at: datetime) -> ModelVersion:
    """Keep a model under the next number. Whoever stores at the same time waits here."""
    list(Label.objects.select_for_update().values_list("pk"))
    kept = ModelVersion.objects.filter(sha256=sha256).first()
    if kept is None:
        last = ModelVersion.objects.aggregate(last=Max("version"))["last"] or 0
        kept = ModelVersion.objects.create(
            version=last + 1, sha256=sha256, arrays=arrays, facts=facts, created_at=at
        )
    return make_live(version_id=kept.pk)
