"""Text to numbers without scikit-learn: tf-idf and a linear head, from stored arrays."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Terms = Callable[[str], Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Head:
    """One opinion: the terms it knows, how rare each is, and their weight for each label."""

    name: str
    vocabulary: tuple[str, ...]
    idf: Floats
    coefficients: Floats
    intercepts: Floats
    index: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", {t: i for i, t in enumerate(self.vocabulary)})

    def logits(self, terms: Sequence[str]) -> Floats:
        """How much the text speaks for each label; zero terms leave the intercepts."""
        counts = Counter(place for term in terms if (place := self.index.get(term)) is not None)
        if not counts:
            return self.intercepts
        places = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
        often = np.fromiter(
            (1 + math.log(count) for count in counts.values()), np.float32, len(counts)
        )
        values = often * self.idf[places]
        values /= np.sqrt(np.dot(values, values))
        answer: Floats = self.coefficients[:, places] @ values + self.intercepts
        return answer
