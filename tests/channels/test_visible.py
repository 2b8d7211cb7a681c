"""The new text of sixty real replies is found as a person marked it, before these rules were made.

The marks are line numbers, without text; the mails stand beside the project.
"""

import hashlib
from functools import reduce
from operator import add

import pytest

from apps.channels.parsing import parse_mail
from tests.channels.scoring import LABELS, Score, labels, score
from tests.make.shared import public_mails

MAILS = public_mails()
FROZEN = "9e21b73809da204263435932b72dd7da1aca9e2f74f4bb1488d9624e817122b4"

needs_mails = pytest.mark.skipif(
    MAILS is None, reason="THE PUBLIC MAILS ARE NOT BESIDE THE PROJECT"
)


def scored() -> Score:
    """All sixty together."""
    found = []
    for label in labels():
        raw = (MAILS / label["file"]).read_bytes()
        assert hashlib.sha256(raw).hexdigest() == label["sha256"]
        parsed = parse_mail(raw)
        found.append(score(parsed.text, parsed.visible, label["visible"]))
    return reduce(add, found)


def test_the_marks_are_those_that_were_frozen():
    assert hashlib.sha256(LABELS.read_bytes()).hexdigest() == FROZEN
    assert len(labels()) == 60


@pytest.mark.shared_data
@needs_mails
def test_new_text_is_shown_and_old_text_is_not():
    found = scored()

    assert (found.right, found.lost) == (260, 1)
    assert found.recall > 0.996
    assert found.strict > 0.77
    assert found.fair > 0.91


def test_what_is_shown_of_a_text_is_counted_line_by_line():
    text = "Yes.\n\n> Red?\nOn Monday:\n> Or blue?\nNo.\nAda"

    found = score(text, "Yes.\n\n> Red?\nOn Monday:\n> Or blue?\nAda\nmade up", [[0, 0], [5, 6]])

    assert found == Score(right=2, wrong=4, neutral=2, lost=1)
