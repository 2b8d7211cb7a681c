"""What a new desk knows: labels of an online shop, examples of each, words that mean the same.

``labels.json`` holds the labels. ``examples/<label>.<language>.txt`` holds texts with a blank
line between two; those of ``out_of_scope`` belong to no label. All of it was written for this
project; names, numbers and addresses are made up.
"""

import json
from pathlib import Path

from apps.triage.types import Example, LabelInfo

HERE = Path(__file__).parent
OUT_OF_SCOPE = "out_of_scope"


def starter_labels() -> tuple[LabelInfo, ...]:
    """The labels a shop's desk starts with, in the order people should see them."""
    return tuple(LabelInfo(**label) for label in json.loads(_text(HERE / "labels.json")))


def starter_examples() -> tuple[Example, ...]:
    """Every example, always in the same order."""
    return tuple(
        Example(text=text, label=None if label == OUT_OF_SCOPE else label, language=language)
        for path in sorted((HERE / "examples").glob("*.txt"))
        for label, language, _ in [path.name.split(".")]
        for text in _blocks(_text(path))
    )


def starter_concepts() -> str:
    """Words that mean the same at a shop's desk, as ``adapters.features.Concepts`` reads them."""
    return _text(HERE / "concepts.txt")


def labelled_texts(path: Path) -> tuple[tuple[str, str | None], ...]:
    """Read an exam: a label in the first line of each block, the text below it."""
    blocks = (block.partition("\n") for block in _blocks(_text(path)))
    return tuple((text, None if label == OUT_OF_SCOPE else label) for label, _, text in blocks)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _blocks(text: str) -> list[str]:
    lines = (line.rstrip() for line in text.splitlines() if not line.startswith("#"))
    return [block.strip() for block in "\n".join(lines).split("\n\n") if block.strip()]
