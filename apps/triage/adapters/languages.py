"""Which language a text is in, by py3langid; empty when there is too little to tell."""

import threading
from functools import cache
from typing import Any

LEAST_LETTERS = 6
LEAST_CHANCE = 0.5
MOST = 2_000
KNOWN = (
    "ar bg cs da de el en es et fi fr he hr hu is it ja ko lt lv nb nl nn no pl pt ro ru sk sl sq"
    " sr sv tr uk zh"
)
"""Languages a shop in Europe meets; with fewer to choose from, short texts fare better."""

lock = threading.Lock()


def language_of(text: str) -> str:
    """An ISO 639-1 code such as ``de``, or nothing."""
    sample = text[:MOST]
    if sum(character.isalpha() for character in sample) < LEAST_LETTERS:
        return ""
    with lock:
        code, chance = _identifier().classify(sample)
    return str(code) if chance >= LEAST_CHANCE else ""


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - half a second

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([one for one in KNOWN.split() if one in identifier.nb_classes])
    return identifier
