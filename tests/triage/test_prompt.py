"""What is asked of a hosted model, and how its answer is read."""

import json

import pytest

from apps.triage.prompt import BadAnswer, ask, read
from tests.make import triage as make

LABELS = tuple(make.label(slug) for slug in ("refund", "invoice", "warranty"))


def test_ids_are_dealt_anew_for_each_question():
    deals = {tuple(ask("text", LABELS, nonce=str(n)).ids.values()) for n in range(40)}

    assert len(deals) == 6


def test_the_same_nonce_asks_the_same_question():
    assert ask("text", LABELS, nonce="7") == ask("text", LABELS, nonce="7")


def test_an_answer_is_read_through_the_ids_of_its_own_question():
    question = ask("Where is my invoice?", LABELS, nonce="7")
    chosen = next(key for key, slug in question.ids.items() if slug == "invoice")
    content = {"category": chosen, "evidence": "my  invoice", "needs_person": False}

    assert read(json.dumps(content), question) == ("invoice", "my invoice", False)


def test_evidence_longer_than_a_sentence_is_no_evidence():
    text = "refund " * 100
    question = ask(text, LABELS, nonce="7")
    content = {"category": "q01", "evidence": text, "needs_person": False}

    with pytest.raises(BadAnswer, match="evidence"):
        read(json.dumps(content), question)


def test_nothing_is_offered_when_no_label_is_active():
    question = ask("text", (), nonce="7")

    assert question.schema["properties"]["category"]["enum"] == ["none"]
