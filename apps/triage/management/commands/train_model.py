"""`manage.py train_model`: learn from the starter examples; `--report` says how well."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.core.errors import Refused
from apps.triage.adapters.features import Concepts
from apps.triage.adapters.measuring import Measured, measure_afresh
from apps.triage.adapters.storing import unpack
from apps.triage.adapters.training import examine, prepare
from apps.triage.models import ModelVersion
from apps.triage.services.labelling import ensure_starter_labels
from apps.triage.services.training import ensure_trained, train_local_model, usable
from apps.triage.starter import labelled_texts, starter_concepts, starter_examples
from apps.triage.types import Example

WORDS = {
    "texts": "texts with a label",
    "accuracy": "best label is the true one",
    "calibration_error": "calibration error",
    "automated": "go on without a person",
    "automated_right": "right among those",
    "strangers": "texts without a label",
    "strangers_automated": "of them go on without a person",
}


def read_exam(path: Path) -> tuple[Example, ...]:
    """The texts of an exam, read before anything is trained."""
    try:
        texts = labelled_texts(path)
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read.") from error
    if not texts:
        raise CommandError(f"{path} holds no texts.")
    return tuple(Example(text=text, label=label, language="") for text, label in texts)


class Command(BaseCommand):
    help = "Train the local classifier on the starter examples and make it live."

    def add_arguments(self, parser: CommandParser) -> None:
        """What may be asked beside training."""
        parser.add_argument(
            "--if-missing", action="store_true", help="do nothing where a model is live already"
        )
        parser.add_argument(
            "--report", action="store_true", help="measure the whole training on texts left out"
        )
        parser.add_argument(
            "--exam", type=Path, help="measure on a file: label, text, blank line, and so on"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Train, then tell."""
        exam = read_exam(options["exam"]) if options["exam"] else ()
        added = ensure_starter_labels()
        try:
            learn = ensure_trained if options["if_missing"] else train_local_model
            version = learn(at=timezone.now())
        except Refused as error:
            raise CommandError(str(error)) from error
        if not options["verbosity"]:
            return
        said = f"{version.name} is live, learned from {version.facts['examples']} examples"
        self.stdout.write(f"{said} ({added} labels added).")
        if options["report"]:
            self.report(version)
        if exam:
            self.exam(version, exam)

    def report(self, version: ModelVersion) -> None:
        """The honest figures, then what they hide."""
        labels = set(version.facts["labels"])
        learned, _ = usable(starter_examples(), labels)
        afresh = measure_afresh(prepare(learned, Concepts(starter_concepts())))
        self.table("Trained on four fifths, asked about the fifth left out, five times", afresh)
        thresholds = version.facts["thresholds"]
        self.stdout.write(f"\nMeasured bar: {thresholds['bar']:.2f} (at most 5 % wrong)")
        self.stdout.write("\nOut of fold, by label: texts, recall, precision")
        rows: Mapping[str, Mapping[str, float]] = version.facts["by_label"]
        for label, row in sorted(rows.items()):
            figures = f"{row['texts']:>5}{row['recall']:>8.2f}{row['precision']:>8.2f}"
            self.stdout.write(f"  {label:<26}{figures}")
        self.stdout.write("\nMistaken most often: the true label, the one named, how often")
        for truth, best, count in version.facts["confusions"]:
            self.stdout.write(f"  {truth:<26}{best:<26}{count:>3}")

    def exam(self, version: ModelVersion, exam: Sequence[Example]) -> None:
        """Ask the stored model about texts from a file."""
        model = unpack(bytes(version.arrays), sha256=version.sha256, name=version.name)
        said = examine(model, prepare(exam, model.concepts))
        self.table("Asked about the exam", Measured.of(said, model.thresholds))

    def table(self, title: str, measured: Measured) -> None:
        """Figures under a title."""
        self.stdout.write(f"\n{title}")
        for name, value in asdict(measured).items():
            shown = f"{value:.1%}" if isinstance(value, float) else str(value)
            self.stdout.write(f"  {WORDS[name]:<32}{shown:>8}")
