"""`manage.py train_model`: one command to a live model, and the figures of the documentation."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.triage.management.commands import train_model
from apps.triage.models import Label, ModelVersion
from apps.triage.services import training
from apps.triage.services.classifying import classify_text
from apps.triage.starter import starter_examples

pytestmark = pytest.mark.django_db
EXAM = Path(__file__).parent / "exam.txt"


def few_examples():
    """A third of the examples: the report trains six times."""
    return starter_examples()[::3]


def test_it_adds_the_labels_trains_and_is_live_and_a_second_time_changes_nothing():
    out = StringIO()

    call_command("train_model", exam=EXAM, stdout=out)
    call_command("train_model", "--if-missing", stdout=out)

    first, *_, last = out.getvalue().splitlines()
    assert first.startswith("local 1 is live, learned from ")
    assert last.endswith("(0 labels added).")
    assert "Asked about the exam" in out.getvalue()
    assert (Label.objects.count(), ModelVersion.objects.count()) == (14, 1)
    assert classify_text(subject="", text="Please cancel my order.").sure


def test_the_report_measures_the_training_and_names_the_weak_spots(monkeypatch):
    monkeypatch.setattr(training, "starter_examples", few_examples)
    monkeypatch.setattr(train_model, "starter_examples", few_examples)
    out = StringIO()

    call_command("train_model", "--report", stdout=out)

    report = out.getvalue()
    assert "asked about the fifth left out" in report
    assert "Measured bar: " in report
    assert "delivery_problem" in report


def test_an_exam_that_cannot_be_read_is_told_before_anything_is_trained(tmp_path):
    empty = tmp_path / "empty.txt"
    empty.write_text("# nothing\n")

    with pytest.raises(CommandError, match="cannot be read"):
        call_command("train_model", exam=tmp_path / "none.txt", stdout=StringIO())
    with pytest.raises(CommandError, match="holds no texts"):
        call_command("train_model", exam=empty, stdout=StringIO())

    assert not ModelVersion.objects.exists()
