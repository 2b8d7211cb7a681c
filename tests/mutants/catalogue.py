"""The protections of the engine, and for each the tests that must fail without it."""

from tests.mutants import first, own

MUTANTS = [*first.MUTANTS, *own.MUTANTS]
