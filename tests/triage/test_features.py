"""Terms and weights: the same as scikit-learn's, in bounded time, from plain arrays."""

import time

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from apps.triage.adapters.features import Concepts, letter_terms
from apps.triage.adapters.weighing import Head
from apps.triage.starter import starter_concepts
from tests.make import triage as make

HOSTILE = [
    "a" * 1_000_000,
    "order " * 100_000,
    "\x00" * 10_000,
    "@" * 100_000,
    "http://" * 50_000,
    "a.b-c+" * 50_000 + "@",
    "refund broken parcel invoice login " * 20_000,
    "\u202e" + "טקסט בעברית " * 5_000,
]


def test_words_of_a_feather_are_one_idea():
    concepts = Concepts("refund: refund* money_back\nparcel: parcel package")

    told = concepts.found("Refunded? I want my MONEY BACK for the package")

    assert told == [("refund", "refunded"), ("refund", "money back"), ("parcel", "package")]


def test_ideas_also_count_in_pairs():
    concepts = Concepts("refund: refund\nparcel: parcel")

    assert concepts.terms("parcel refund parcel") == [
        "parcel",
        "refund",
        "parcel",
        "parcel+refund",
    ]


def test_german_letters_and_apostrophes_have_one_spelling():
    concepts = Concepts("late: verspaet*\nnot_here: didnt_arrive")

    assert concepts.found("Verspätung") == [("late", "verspaetung")]
    assert concepts.found("It didn\u2019t arrive") == [("not_here", "didnt arrive")]


def test_every_number_and_address_is_alike():
    assert letter_terms("Order 1042") == letter_terms("order 77")
    assert "webaddress" in letter_terms("see https://shop.example/x?y=1")
    assert "mailaddress" in letter_terms("write to ada@home.example")


def test_a_head_weighs_as_scikit_learn_does():
    texts = make.prepared().ideas[:200] + make.prepared().ideas[-200:]
    truth = [0] * 150 + [1] * 150 + [2] * 100
    vectorizer = TfidfVectorizer(analyzer=list, sublinear_tf=True)
    machine = LinearSVC(random_state=0).fit(vectorizer.fit_transform(texts), truth)
    head = Head(
        name="ideas",
        vocabulary=tuple(vectorizer.get_feature_names_out()),
        idf=vectorizer.idf_.astype(np.float32),
        coefficients=machine.coef_.astype(np.float32),
        intercepts=machine.intercept_.astype(np.float32),
    )

    ours = np.stack([head.logits(terms) for terms in texts])

    theirs = machine.decision_function(vectorizer.transform(texts))
    assert np.abs(ours - theirs).max() < 1e-5


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_takes_long(text):
    started = time.perf_counter()

    letter_terms(text)
    Concepts(starter_concepts()).terms(text)

    assert time.perf_counter() - started < 2
