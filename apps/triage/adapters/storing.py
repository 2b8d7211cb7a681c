"""A model as bytes and back: arrays and JSON in one archive, checked by hash, never pickled."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.triage.adapters.features import Concepts
from apps.triage.adapters.local import IDEAS, LETTERS, LocalModel, Thresholds
from apps.triage.adapters.weighing import Head
from apps.triage.ports import ModelDamaged

FORMAT = 1
MOST_BYTES = 200_000_000
BEGINNING = (1980, 1, 1, 0, 0, 0)
"""Every entry has this date: the same model is always the same bytes."""

UNREADABLE = (zipfile.BadZipFile, ValueError, KeyError, TypeError, OSError, EOFError, MemoryError)

Arrays = dict[str, NDArray[Any]]


def pack(model: LocalModel) -> bytes:
    """The same model always gives the same bytes."""
    facts = {
        "format": FORMAT,
        "classes": model.classes,
        "languages": model.languages,
        "thresholds": asdict(model.thresholds),
        "concepts": model.concepts.table,
    }
    arrays: Arrays = {"facts": _letters(json.dumps(facts, sort_keys=True))}
    for head in (model.letters, model.ideas):
        arrays[f"{head.name}.vocabulary"] = _letters("\n".join(head.vocabulary))
        arrays[f"{head.name}.idf"] = head.idf.astype(np.float32)
        arrays[f"{head.name}.coefficients"] = head.coefficients.astype(np.float16)
        arrays[f"{head.name}.intercepts"] = head.intercepts.astype(np.float32)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy", BEGINNING)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w") as file:
                np.lib.format.write_array(file, np.ascontiguousarray(array), allow_pickle=False)
    return buffer.getvalue()


def unpack(data: bytes, *, sha256: str, name: str) -> LocalModel:
    """Read a model back. Raises ModelDamaged when the bytes are not those that were packed."""
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ModelDamaged(model=name, problem="its checksum does not match")
    try:
        arrays = _read(data)
        facts = json.loads(_text(arrays["facts"]))
        if facts["format"] != FORMAT:
            raise ModelDamaged(model=name, problem="its format is unknown")
        model = LocalModel(
            classes=tuple(facts["classes"]),
            letters=_head(arrays, LETTERS, len(facts["classes"])),
            ideas=_head(arrays, IDEAS, len(facts["classes"])),
            concepts=Concepts(facts["concepts"]),
            languages=tuple(facts["languages"]),
            thresholds=Thresholds(**facts["thresholds"]),
        )
    except UNREADABLE as error:
        raise ModelDamaged(model=name, problem=f"it cannot be read ({error})") from error
    return model


def _read(data: bytes) -> Arrays:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
            problem = "the archive is too large"
            raise ValueError(problem)
    with np.load(io.BytesIO(data), allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    if not all(isinstance(array, np.ndarray) for array in arrays.values()):
        problem = "an entry is no array"
        raise ValueError(problem)
    return arrays


def _head(arrays: Mapping[str, NDArray[Any]], name: str, classes: int) -> Head:
    """One head, refused unless its arrays belong together and hold numbers."""
    head = Head(
        name=name,
        vocabulary=tuple(_text(arrays[f"{name}.vocabulary"]).split("\n")),
        idf=arrays[f"{name}.idf"].astype(np.float32),
        coefficients=arrays[f"{name}.coefficients"].astype(np.float32),
        intercepts=arrays[f"{name}.intercepts"].astype(np.float32),
    )
    terms = len(head.vocabulary)
    shapes = (head.idf.shape, head.coefficients.shape, head.intercepts.shape)
    numbers = (head.idf, head.coefficients, head.intercepts)
    if shapes != ((terms,), (classes, terms), (classes,)):
        problem = f"the arrays of {name} do not fit together"
        raise ValueError(problem)
    if not all(np.isfinite(array).all() for array in numbers):
        problem = f"{name} holds what is no number"
        raise ValueError(problem)
    return head


def _letters(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode(), dtype=np.uint8)


def _text(array: NDArray[Any]) -> str:
    return array.astype(np.uint8).tobytes().decode()
