"""The house keeps its shape: small files, small functions, thin tasks, one place for each job."""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path
    for folder in ("apps", "supportcoord", "tests")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
)
APPS = [path for path in SOURCES if path.is_relative_to(ROOT / "apps")]

# What changes rows. `bulk_create` and its like are never anything else; `create` may be a service.
WRITES = {"save", "create", "get_or_create", "update_or_create", "bulk_create", "bulk_update"}
# Who may write: services, the engine (its ledger is the one module of its SQL), sign-in, and
# what sets up the sample desk.
WRITERS = {"services", "coordination", "backends", "sample"}
# Who may read the clock: where something comes in from outside, and the engine where it stamps
# what it writes. The rest is told the time.
EDGES = {"tasks", "admin", "views", "api", "flows", "commands", "middleware", "coordination"}
CLOCKS = {"now", "utcnow", "today", "localtime", "localdate"}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(tree(path)) if isinstance(node, kinds)]


def calls(path: Path) -> set[str]:
    found = (node.func for node in ast.walk(tree(path)) if isinstance(node, ast.Call))
    return {func.attr for func in found if isinstance(func, ast.Attribute)}


def place(path: Path) -> set[str]:
    """The rooms a file stands in: its own name and the folders above it inside the project."""
    return {path.stem, *path.relative_to(ROOT).parts}


def tracked() -> list[Path]:
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_a_file_fits_in_the_head(path):
    assert len(path.read_text().splitlines()) <= 300
    assert not [f.name for f in functions(path) if f.end_lineno - f.lineno >= 40]


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_a_file_opens_by_saying_what_it_is(path):
    if tree(path).body:
        assert ast.get_docstring(tree(path)) or path.name == "apps.py"


@pytest.mark.parametrize("path", [p for p in APPS if p.name == "tasks.py"], ids=named)
def test_a_task_only_calls_a_service(path):
    assert all(len(task.body) <= 3 for task in functions(path))


@pytest.mark.parametrize("path", APPS, ids=named)
def test_only_services_write(path):
    if not place(path) & WRITERS:
        assert not calls(path) & WRITES


@pytest.mark.parametrize("path", APPS, ids=named)
def test_only_edges_read_the_clock(path):
    if not place(path) & EDGES:
        assert not calls(path) & CLOCKS


@pytest.mark.parametrize("path", APPS, ids=named)
def test_nothing_hides_behind_a_signal(path):
    assert not re.search(r"django\.(db\.models|core|contrib\.auth)\.signals", path.read_text())
    assert not re.search(r"django\.dispatch", path.read_text())


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_nobody_imitates_the_database_the_broker_or_the_worker(path):
    if path.is_relative_to(ROOT / "tests"):
        text = path.read_text()
        assert not re.search(r"(?m)^\s*(from|import) (unittest\.mock|mock|fakeredis)\b", text)
        assert "task_always_eager" not in text.lower() or path == Path(__file__)


@pytest.mark.parametrize("name", ["runtime.txt", "dev.txt", "bench.txt", "uv.txt"])
def test_every_package_is_pinned_and_sealed(name):
    text = (ROOT / "requirements" / name).read_text().replace("\\\n", " ")
    lines = [
        line for line in text.splitlines() if line.strip() and not line.strip().startswith("#")
    ]

    assert lines
    assert all(re.match(r"[a-z0-9][a-z0-9._-]*(\[[a-z,]+\])?==\S+ ", line) for line in lines)
    assert all("--hash=sha256:" in line for line in lines)


def test_what_runs_is_what_was_tested():
    def pins(name: str) -> set[str]:
        text = (ROOT / "requirements" / name).read_text()
        return set(re.findall(r"(?m)^([a-z0-9._-]+(?:\[[a-z,]+\])?==\S+)", text))

    assert pins("runtime.txt") <= pins("dev.txt")


def test_no_file_names_a_package_registry_or_a_place_on_one_machine():
    # Told in parts, so that this file names none.
    hosts = [
        "py" + "pi.org",
        "python" + "hosted",
        "npm" + "js.",
        "deb." + "debian",
        "registry.npm",
    ]
    places = re.compile(r"(?<![\w.~-])/" + r"(?:root|work|farm)/")
    guilty = []
    for path in tracked():
        text = path.read_text(errors="replace").lower()
        if path != Path(__file__) and (any(h in text for h in hosts) or places.search(text)):
            guilty.append(named(path))

    assert not guilty


def test_every_app_is_installed_and_has_its_place_in_the_storeys():
    apps = {path.parent.name for path in (ROOT / "apps").glob("*/apps.py")}
    settings = (ROOT / "supportcoord" / "settings.py").read_text()
    storeys = (ROOT / "pyproject.toml").read_text().partition('id = "rooms"')[0]

    assert {app for app in apps if f'"apps.{app}"' not in settings} == set()
    assert {app for app in apps if not re.search(rf"apps\.{app}\b", storeys)} == set()


@pytest.mark.parametrize("number", range(1, 21))
def test_every_promise_of_the_engine_has_a_test_of_its_name(number):
    named_after = re.compile(rf"def test_i{number}_")
    guarantees = (ROOT / "tests" / "guarantees").glob("test_*.py")

    assert any(named_after.search(path.read_text()) for path in guarantees)
