"""Confidence means what it says, and the bar promises what it promises."""

import numpy as np
import pytest

from apps.triage.calibration import (
    LEAST,
    NEVER,
    calibration_error,
    fit_scale,
    lowest_bar,
    most_errors,
    probabilities,
    scope_threshold,
)


def test_the_scale_makes_confidence_as_honest_as_the_record():
    rng = np.random.default_rng(7)
    logits = rng.normal(size=(4000, 3))
    chances = probabilities(logits, 2.0)
    truth = [int(rng.choice(3, p=row)) for row in chances]

    assert fit_scale(logits, truth) == pytest.approx(2.0, rel=0.1)


def test_the_bar_lies_where_the_record_still_proves_the_promise():
    confidence = np.linspace(1.0, 0.0, 1000)
    right = np.array([place < 600 for place in range(1000)])

    bar = lowest_bar(confidence, right, target=0.05)

    passed = confidence >= bar
    assert passed.sum() > 600
    assert most_errors(int((~right[passed]).sum()), int(passed.sum())) <= 0.05


def test_without_enough_answers_nothing_is_automated():
    confidence, right = np.linspace(1.0, 0.5, LEAST - 1), np.ones(LEAST - 1, dtype=bool)

    assert lowest_bar(confidence, right, target=0.05) == NEVER


def test_fifty_nine_right_answers_promise_five_percent():
    assert most_errors(0, LEAST - 1) > 0.05
    assert most_errors(0, LEAST) <= 0.05
    assert most_errors(3, 3) == 1.0


def test_the_scope_threshold_keeps_what_it_should():
    assert scope_threshold(np.arange(100.0), keep=0.95) == pytest.approx(4.95)


def test_a_model_that_always_overstates_by_a_tenth_is_off_by_a_tenth():
    confidence, right = np.full(10, 0.85), np.array([True] * 7 + [False] * 3)

    assert calibration_error(confidence, right) == pytest.approx(0.15)
