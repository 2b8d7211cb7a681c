"""Training, and which model is live: the same examples, the same model, once."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.triage import tasks
from apps.triage.models import Label, ModelVersion
from apps.triage.ports import ModelDamaged
from apps.triage.services.classifying import classify_text
from apps.triage.services.labelling import ensure_starter_labels
from apps.triage.services.training import (
    TooFewExamples,
    ensure_trained,
    make_live,
    train_local_model,
)
from apps.triage.starter import starter_examples
from apps.triage.types import Example
from tests.make import triage as make

pytestmark = pytest.mark.django_db


def test_training_makes_a_live_model_and_training_again_makes_no_second_one():
    ensure_starter_labels()
    few = [
        one for one in starter_examples() if one.label in {None, "refund", "invoice", "warranty"}
    ]

    first = train_local_model(at=timezone.now(), examples=few)
    again = train_local_model(at=timezone.now(), examples=few)

    assert (first.pk, first.version, first.is_live) == (again.pk, 1, True)
    assert first.facts["labels"] == ["invoice", "refund", "warranty"]
    assert "complaint" in first.facts["labels_not_trained"]
    assert classify_text(subject="", text="Please send me the invoice.").label == "invoice"


def test_a_desk_with_a_live_model_keeps_it():
    live_one = make.live_model()

    assert ensure_trained(at=timezone.now()) == live_one
    tasks.train_first_model()

    assert ModelVersion.objects.count() == 1


def test_without_enough_examples_nothing_is_trained():
    ensure_starter_labels()
    few = [one for one in starter_examples() if one.label in {None, "refund"}]

    with pytest.raises(TooFewExamples):
        train_local_model(at=timezone.now(), examples=few)

    assert not ModelVersion.objects.exists()


def test_examples_without_a_word_that_the_desk_knows_can_still_be_learned():
    ensure_starter_labels()
    strange = [
        Example(text=f"{word} {word}{place}", label=label, language="eo")
        for word, label in (("kiam", "order_status"), ("mono", "refund"), ("blabla", None))
        for place in range(10)
    ]

    version = train_local_model(at=timezone.now(), examples=strange)

    assert version.facts["labels"] == ["order_status", "refund"]
    assert not classify_text(subject="", text="mono mono mono").sure


def test_another_model_can_be_made_live_and_a_damaged_one_cannot():
    old = make.live_model()
    damaged = ModelVersion.objects.create(
        version=2, sha256="0" * 64, arrays=b"?", facts={}, created_at=timezone.now()
    )

    with pytest.raises(ModelDamaged):
        make_live(version_id=damaged.pk)
    make_live(version_id=old.pk)

    assert ModelVersion.objects.get(is_live=True) == old


def test_there_is_never_a_second_live_model_nor_a_bar_out_of_range():
    make.live_model()

    with pytest.raises(IntegrityError), transaction.atomic():
        make.live_model(version=2, sha256="1" * 64)
    with pytest.raises(IntegrityError), transaction.atomic():
        Label.objects.filter(slug="refund").update(bar=1.5)
    with pytest.raises(ValidationError, match="bar"):
        Label(slug="x", name="X", description="X.", bar=7).full_clean()
