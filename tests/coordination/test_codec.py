"""What a step may remember, and what it must not."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from apps.coordination.codec import decode, digest, encode
from apps.coordination.models import Run


@dataclass(frozen=True, slots=True)
class Parcel:
    to: str
    posted_at: datetime
    marks: object = ()


def test_a_dataclass_comes_back_as_it_went():
    parcel = Parcel(to="elm", posted_at=datetime(2026, 2, 3, 4, 5, tzinfo=UTC), marks=[1, None])

    assert decode(Parcel, encode(parcel)) == parcel


def test_the_fingerprint_does_not_depend_on_the_order_of_names():
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest([1, 2]) != digest([2, 1])


@pytest.mark.parametrize(
    "value",
    [
        {"tags": {"a", "b"}},
        [frozenset("ab")],
        {"deep": ({"deeper": set()},)},
        Parcel(to="elm", posted_at=datetime(2026, 2, 3, tzinfo=UTC), marks={1}),
    ],
)
def test_a_set_is_refused_for_its_order_is_not_the_same_in_the_next_process(value):
    with pytest.raises(TypeError, match="A set has no order to remember"):
        encode(value)


def test_a_model_instance_is_refused():
    with pytest.raises(TypeError, match="plain data; Run is not"):
        encode(Run())
