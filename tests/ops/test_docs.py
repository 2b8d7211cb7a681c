"""What the documents name exists: pages, tests, commands, targets, settings."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SCREENSHOTS = ROOT / "docs" / "screenshots"
"""Drawn by `make screenshots`; there are none before the first time."""
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)|(?:src|srcset)=\"([^\"]+)\"")
TEST = re.compile(r"\btest_[a-z0-9_]+\b(?!\.py)")
COMMAND = re.compile(r"(?:\bmanage\.py|`manage|^manage|\(manage) ([a-z_]+)", re.MULTILINE)
TARGET = re.compile(r"`make ([a-z-]+)`|^make ([a-z-]+)$", re.MULTILINE)
SETTING = re.compile(
    r"\b(SUPPORTCOORD_[A-Z_]+|[A-Z]+_(?:URL|KEY|HOSTS|CONCURRENCY)|OPENAI_[A-Z_]+)\b"
)

each_document = pytest.mark.parametrize("document", PAGES, ids=lambda path: path.name)


def named(pattern: re.Pattern[str], document: Path) -> set[str]:
    """What a pattern finds on a page."""
    return {next(filter(None, found.groups())) for found in pattern.finditer(document.read_text())}


@each_document
def test_links_lead_somewhere(document):
    undrawn = "" if SCREENSHOTS.exists() else "docs/screenshots/"
    links = {link for link in named(LINK, document) if not undrawn or not link.startswith(undrawn)}

    assert {link for link in links if not (document.parent / link).exists()} == set()


@each_document
def test_tests_that_are_named_exist(document):
    code = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))

    missing = {name for name in TEST.findall(document.read_text()) if f"def {name}(" not in code}

    assert missing == set()


@each_document
def test_commands_that_are_named_exist(document):
    assert named(COMMAND, document) <= set(get_commands())


@each_document
def test_targets_that_are_named_exist(document):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert named(TARGET, document) <= targets


@each_document
def test_settings_that_are_named_are_in_the_example(document):
    others = {"IDEMPOTENCY_KEY"}
    example = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))

    assert named(SETTING, document) - others <= example
