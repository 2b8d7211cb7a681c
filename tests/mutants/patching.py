"""How a mutant is made: a function, the words of a statement, or a rule of the database change."""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.db.backends.utils import CursorWrapper

HOME = ("apps.", "tests.guarantees.", "tests.coordination.")
"""Where names may have been imported."""


class NothingToPatch(Exception):
    """The code is not as the mutant expects it; it proves nothing until it is mended."""


@dataclass
class Mutant:
    """One protection less, and the tests of which one must notice."""

    name: str
    protection: str
    changes: list["Change"]
    tests: list[str]


def adding_to(mutants: list[Mutant]) -> Callable[..., None]:
    """What adds to a list: a name, the protection taken away, the tests, the change."""

    def mutant(name: str, protection: str, *tests: str, by: "Change | list[Change]") -> None:
        mutants.append(Mutant(name, protection, by if isinstance(by, list) else [by], [*tests]))

    return mutant


class Change:
    """Something that is different while the tests run."""

    def put_on(self, patch: pytest.MonkeyPatch) -> None:
        raise NotImplementedError

    def take_off(self) -> None:
        """What ``patch`` does not undo."""

    def missed(self) -> str:
        """What the change did not find, though the tests ran."""
        return ""


@dataclass
class Wrap(Change):
    """Another function in the place of ``module:Class.name``, which gets the original first."""

    where: str
    around: Callable[..., Any]

    def put_on(self, patch: pytest.MonkeyPatch) -> None:
        holder, name = found(self.where)
        original = getattr(holder, name)

        def instead(*args: Any, **values: Any) -> Any:
            return self.around(original, *args, **values)

        replace(patch, holder, name, instead)


@dataclass
class Swap(Change):
    """Another value in the place of ``module:Class.name``, or there alone."""

    where: str
    other: Any
    everywhere: bool = True

    def put_on(self, patch: pytest.MonkeyPatch) -> None:
        holder, name = found(self.where)
        if self.everywhere:
            replace(patch, holder, name, self.other)
        else:
            patch.setattr(holder, name, self.other)


def found(where: str) -> tuple[Any, str]:
    """The object that holds what ``module:Class.name`` names, and its name there."""
    module, _, path = where.partition(":")
    holder = import_module(f"apps.coordination.{module}")
    *above, name = path.split(".")
    for part in above:
        holder = getattr(holder, part, None)
    if not hasattr(holder, name):
        raise NothingToPatch(f"There is no {where}.")
    return holder, name


def replace(patch: pytest.MonkeyPatch, holder: Any, name: str, other: Any) -> None:
    """Put it in its place, and wherever it was imported."""
    original = getattr(holder, name)
    patch.setattr(holder, name, other)
    for module in [m for key, m in sys.modules.items() if key.startswith(HOME)]:
        if vars(module).get(name) is original:
            patch.setattr(module, name, other)


@dataclass
class Reword(Change):
    """Other words in every statement that says ``old``, whoever sends it. Spaces do not count."""

    old: str
    new: str | Callable[[], str]
    only: str = ""
    times: int = field(default=0, init=False)

    def put_on(self, patch: pytest.MonkeyPatch) -> None:
        said = re.compile(r"\s+".join(re.escape(word) for word in self.old.split()))
        execute = CursorWrapper.execute

        def reworded(cursor: CursorWrapper, sql: Any, params: Any = None) -> Any:
            if isinstance(sql, str) and self.only in sql and said.search(sql):
                self.times += 1
                words = self.new if isinstance(self.new, str) else self.new()
                sql = said.sub(lambda _: words, sql)
            return execute(cursor, sql, params)

        patch.setattr(CursorWrapper, "execute", reworded)

    def missed(self) -> str:
        return "" if self.times else f"No statement said {self.old!r}."


@dataclass
class Rule(Change):
    """A rule of the database that is away meanwhile."""

    away: str
    back: str

    def put_on(self, patch: pytest.MonkeyPatch) -> None:
        execute(self.away)

    def take_off(self) -> None:
        execute(self.back)


def execute(statement: str) -> None:
    """Change the database of the tests."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
