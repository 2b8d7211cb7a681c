"""The same learner on public data, where it lies beside the project; skipped aloud elsewhere."""

import email
import json
import os
import re
from email import policy
from pathlib import Path

import numpy as np
import pytest

from apps.triage.adapters.features import Concepts
from apps.triage.adapters.measuring import Measured
from apps.triage.adapters.training import Prepared, examine, prepare, train
from apps.triage.parsing import readable
from apps.triage.rules.judging import judge
from apps.triage.types import Example
from tests.make import triage as make

DATA = Path(os.environ.get("SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data")
TAG = re.compile(r"<[^>]{0,500}>")

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"no public data at {DATA} (set SHARED_DATA)"),
]


def read(*parts: str, label: str | None = "label") -> list[Example]:
    lines = (DATA / "triage").joinpath(*parts).read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    return [
        Example(text=row["text"], label=row["label"] if label else None, language="en")
        for row in rows
    ]


def terms(examples: list[Example]) -> Prepared:
    """No table of ideas fits other trades: the second head learns words instead."""
    return prepare(examples, Concepts(""))


def test_ten_examples_an_intent_tell_most_of_77_apart():
    strangers = read("clinc150", "oos_train.jsonl", label=None)
    model, _ = train(terms([*read("banking77", "train_10shot.jsonl"), *strangers]))

    said = examine(model, terms(read("banking77", "dev.jsonl")))

    assert Measured.of(said, model.thresholds).accuracy >= 0.72


def test_of_150_intents_strangers_are_told_apart():
    strangers = read("clinc150", "oos_train.jsonl", label=None)
    model, _ = train(terms([*read("clinc150", "train_10shot.jsonl"), *strangers]))
    unseen = read("clinc150", "oos_dev.jsonl", label=None)

    said = examine(model, terms([*read("clinc150", "dev.jsonl"), *unseen]))

    ours = said.in_scope
    bar = np.quantile(said.margin[ours], 0.05)
    assert said.right[ours].mean() >= 0.79
    assert (said.margin[~ours] < bar).mean() >= 0.62


def test_real_lists_and_spam_do_not_slip_into_the_desk_s_labels():
    texts = []
    for path in sorted((DATA / "mail" / "spamassassin_cc0").iterdir()):
        mail = email.message_from_bytes(path.read_bytes(), policy=policy.compat32)
        part = next(one for one in mail.walk() if not one.is_multipart())
        body = (part.get_payload(decode=True) or b"").decode("latin-1")
        texts.append(readable(str(mail["subject"] or ""), TAG.sub(" ", body)))

    sure = [
        text
        for text in texts
        if judge(
            make.classifier().classify(text, make.LABELS),
            make.LABELS,
            text=text,
            language="en",
            urgency="normal",
        ).sure
    ]

    assert len(texts) > 50
    assert len(sure) / len(texts) <= 0.03
