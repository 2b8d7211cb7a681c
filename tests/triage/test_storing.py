"""A stored model is the model that was trained, or it is refused."""

import hashlib
import io
import json
import pickle
import zipfile

import numpy as np
import pytest

from apps.triage.adapters.local import LocalClassifier
from apps.triage.adapters.storing import pack, unpack
from apps.triage.ports import ModelDamaged
from tests.make import triage as make

TEXTS = ["Where is my parcel?", "Rechnung fehlt", "asdf", "", "I want my money back"]


def entries(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def archive(contents: dict[str, bytes]) -> tuple[bytes, str]:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in contents.items():
            file.writestr(name, content)
    return buffer.getvalue(), hashlib.sha256(buffer.getvalue()).hexdigest()


def array(values) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, values, allow_pickle=True)
    return buffer.getvalue()


def test_a_model_read_back_says_exactly_what_it_said():
    data, sha256 = make.packed()

    again = LocalClassifier(model=unpack(data, sha256=sha256, name="local 1"), name="local 1")

    for text in TEXTS:
        assert again.classify(text, ()) == make.classifier().classify(text, ())


def test_the_same_model_is_always_the_same_bytes():
    data, sha256 = make.packed()

    assert pack(unpack(data, sha256=sha256, name="local 1")) == data


def test_one_changed_byte_is_refused():
    data, sha256 = make.packed()
    changed = bytearray(data)
    changed[len(data) // 2] ^= 1

    with pytest.raises(ModelDamaged, match="checksum"):
        unpack(bytes(changed), sha256=sha256, name="local 1")


def test_what_is_no_archive_is_refused():
    data = pickle.dumps({"a": "pickle"})

    with pytest.raises(ModelDamaged, match="cannot be read"):
        unpack(data, sha256=hashlib.sha256(data).hexdigest(), name="local 1")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("letters.idf.npy", array(np.array([1.0, 2.0]))),
        ("ideas.intercepts.npy", array(np.array([float("nan")] * 15))),
        ("letters.coefficients.npy", array(np.array([object()]))),
        ("facts.npy", array(np.frombuffer(b"no json", dtype=np.uint8))),
        ("facts.npy", b"no array at all"),
    ],
)
def test_arrays_that_do_not_belong_together_are_refused(name, content):
    data, sha256 = archive(entries(make.packed()[0]) | {name: content})

    with pytest.raises(ModelDamaged):
        unpack(data, sha256=sha256, name="local 1")


def test_a_missing_array_and_an_unknown_format_are_refused():
    contents = entries(make.packed()[0])
    facts = json.loads(np.load(io.BytesIO(contents["facts.npy"])).tobytes()) | {"format": 99}
    newer = array(np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8))

    for changed in (
        {name: content for name, content in contents.items() if name != "ideas.idf.npy"},
        contents | {"facts.npy": newer},
    ):
        data, sha256 = archive(changed)
        with pytest.raises(ModelDamaged):
            unpack(data, sha256=sha256, name="local 1")


def test_an_archive_that_would_fill_the_memory_is_not_unpacked():
    data, sha256 = archive({"facts.npy": bytes(201_000_000)})

    with pytest.raises(ModelDamaged, match="too large"):
        unpack(data, sha256=sha256, name="local 1")
