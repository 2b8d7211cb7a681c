"""What a new desk knows is enough to start with, and well formed."""

from collections import Counter

from apps.triage.starter import starter_examples, starter_labels


def test_every_label_has_enough_examples_in_both_languages():
    counts = Counter((example.label, example.language) for example in starter_examples())

    for label in starter_labels():
        assert counts[label.slug, "en"] >= 30
        assert counts[label.slug, "de"] >= 8
    assert counts[None, "en"] >= 60


def test_no_example_comes_twice_or_without_a_label_that_exists():
    examples = starter_examples()

    assert len({example.text.casefold() for example in examples}) == len(examples)
    assert {example.label for example in examples} == {
        None,
        *(label.slug for label in starter_labels()),
    }


def test_examples_are_as_short_and_as_long_as_mails_are():
    lengths = [len(example.text.split()) for example in starter_examples() if example.label]

    assert min(lengths) <= 4
    assert max(lengths) >= 70


def test_every_label_says_in_one_sentence_what_it_is_for():
    for label in starter_labels():
        assert 20 < len(label.description) <= 300
        assert label.description.endswith(".")
