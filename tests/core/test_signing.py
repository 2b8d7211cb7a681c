"""Short signatures hold for what they were made for, and survive a new key."""

from apps.core.signing import short_signature, signature_holds


def test_a_signature_holds_for_its_value_and_purpose_alone():
    signature = short_signature("reply", "42")

    assert len(signature) == 16
    assert signature_holds("reply", "42", signature.upper())
    assert not signature_holds("reply", "43", signature)
    assert not signature_holds("message", "42", signature)
    assert not signature_holds("reply", "42", "")


def test_an_earlier_key_still_opens(settings):
    signature = short_signature("reply", "42")

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    assert signature_holds("reply", "42", signature)

    settings.SECRET_KEY_FALLBACKS = []
    assert not signature_holds("reply", "42", signature)
