"""How urgent a message is, by signs it can be held to."""

import pytest

from apps.triage.rules.urgency import urgency_of
from apps.triage.types import LEVELS


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Where is my parcel?", "normal"),
        ("Wo ist mein Paket?", "normal"),
        ("The kettle caught fire!", "urgent"),
        ("Aus dem Gerät kommt Rauch", "urgent"),
        ("My account was hacked", "urgent"),
        ("Please answer ASAP", "high"),
        ("Bitte dringend um Antwort", "high"),
        ("I need it by Friday", "high"),
        ("Ich brauche es bis Freitag", "high"),
        ("You charged me twice", "high"),
        ("My lawyer will write to you", "high"),
        ("This is my third email, reply immediately or my lawyer will", "urgent"),
        ("WHERE IS MY PARCEL I WANT IT!!!", "high"),
        ("Hello!!", "normal"),
        ("No rush, but where is my parcel?", "low"),
        ("It isn't urgent.", "low"),
        ("Nicht dringend: wann kommt es?", "low"),
        ("No rush, but the kettle caught fire", "urgent"),
        ("", "normal"),
    ],
)
def test_a_message_is_as_urgent_as_its_signs(text, level):
    assert level in LEVELS
    assert urgency_of(text).level == level


def test_the_signs_are_told():
    urgency = urgency_of("URGENT: you charged me twice!!")

    assert urgency.level == "high"
    assert urgency.reasons == (
        "it asks for haste",
        "money was taken wrongly",
        "it has rows of exclamation marks",
    )


def test_a_part_of_a_word_is_no_sign():
    assert urgency_of("The resurgent sparkling fireplace of the courtyard").level == "normal"
