"""How good the first model is, on texts it has not seen: floors that a change may not break."""

from pathlib import Path

import pytest

from apps.triage.adapters.local import LocalClassifier
from apps.triage.adapters.measuring import Measured, measure_afresh
from apps.triage.adapters.training import examine, folds, prepare, train
from apps.triage.rules.judging import judge
from apps.triage.starter import labelled_texts
from apps.triage.types import Example
from tests.make import triage as make

EXAM = Path(__file__).parent / "exam.txt"


def exam() -> Measured:
    model, _ = make.trained()
    texts = [Example(text=t, label=label, language="") for t, label in labelled_texts(EXAM)]
    return Measured.of(examine(model, prepare(texts, model.concepts)), model.thresholds)


def test_out_of_fold_nine_in_ten_are_right_and_of_the_automated_nineteen_in_twenty():
    model, said = make.trained()

    measured = Measured.of(said, model.thresholds)

    assert measured.accuracy >= 0.90
    assert measured.automated >= 0.70
    assert measured.automated_right >= 0.95
    assert measured.calibration_error <= 0.06


def test_one_whole_training_holds_on_a_fifth_that_it_never_saw():
    data = make.prepared()
    learn, ask = folds(data.labels)[0]

    model, _ = train(data.part(learn))
    measured = Measured.of(examine(model, data.part(ask)), model.thresholds)

    assert measured.accuracy >= 0.88
    assert measured.automated >= 0.60
    assert measured.automated_right >= 0.93
    assert measured.strangers_automated <= 0.15


def test_on_mails_written_apart_from_the_examples_the_automated_are_right():
    measured = exam()

    assert measured.accuracy >= 0.93
    assert measured.automated >= 0.70
    assert measured.automated_right >= 0.95
    assert measured.strangers_automated <= 0.10


def test_measuring_afresh_asks_about_every_example_once():
    data = make.prepared()
    few = data.part(range(0, len(data.labels), 6))

    measured = measure_afresh(few)

    assert measured.texts + measured.strangers == len(few.labels)


@pytest.mark.parametrize(
    "text",
    [
        "dfkjg sldkfj wpoeiru xcvmn",
        "Our SEO experts bring your website to the top of Google, reply for a free audit.",
        "I would like to apply for the job in your warehouse, my CV is attached.",
        "What is the capital of Portugal?",
        "[PATCH] fix the memory leak when the buffer is reallocated",
        "Wann hat das Schwimmbad am Sonntag geöffnet?",
        "😀😀😀 🎉🎉",
        "",
    ],
)
def test_nonsense_and_strangers_get_no_label(text):
    answer = make.classifier().classify(text, make.LABELS)

    verdict = judge(answer, make.LABELS, text=text, language="", urgency="normal")

    assert verdict.label is None
    assert not verdict.sure
    assert verdict.reasons


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Where is my order A-1042? It should have been sent on Monday.", "order_status"),
        ("I want my money back, the return reached you weeks ago.", "refund"),
        ("The vase was broken when I opened the parcel, photos attached.", "damaged_or_defective"),
        ("Please send me the invoice with our VAT number on it.", "invoice"),
        ("Bitte stornieren Sie meine Bestellung.", "cancel_or_change_order"),
        ("Ich kann mich nicht einloggen, mein Passwort geht nicht.", "account_access"),
    ],
)
def test_plain_requests_are_understood_and_sure(text, label):
    answer = make.classifier().classify(text, make.LABELS)

    verdict = judge(answer, make.LABELS, text=text, language="", urgency="normal")

    assert (verdict.label, verdict.sure) == (label, True)


def test_the_same_text_always_gets_the_same_answer():
    text = "The parcel says delivered but I never got it."
    model, _ = make.trained()

    answers = {repr(LocalClassifier(model=model, name="x").classify(text, ())) for _ in range(3)}

    assert len(answers) == 1
