"""Every setting is written down, and what is written down is read."""

import subprocess
import sys
from pathlib import Path

from tests.servers import names_in_the_example

ROOT = Path(__file__).parents[2]
SECRET = "made-up-for-this-test-and-long-enough-to-be-taken-for-a-key"


def settings_told(**environment: str) -> subprocess.CompletedProcess[str]:
    """Import the settings in a process that knows nothing but this environment."""
    show = "from supportcoord import settings as s; print(*s.env.names)"
    clean = {"ENV_FILE": "", "SECRET_KEY": SECRET, "SUPPORTCOORD_ENCRYPTION_KEYS": SECRET}
    return subprocess.run(
        [sys.executable, "-c", show],
        cwd=ROOT,
        env=clean | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_example_names_each_setting_once_and_no_other():
    asked = settings_told().stdout.split()

    assert sorted(names_in_the_example()) == sorted(asked)


def test_each_setting_in_the_example_is_explained():
    paragraphs = (ROOT / ".env.example").read_text().strip().split("\n\n")[1:]

    for paragraph in paragraphs:
        *sentences, assignment = paragraph.splitlines()
        assert sentences, assignment
        assert all(line.startswith("# ") for line in sentences)
        assert sentences[-1].endswith("."), paragraph


def test_a_wrong_value_stops_the_start_with_one_sentence():
    start = settings_told(PORT="eighty")

    assert start.returncode == 1
    assert start.stdout == ""
    assert start.stderr == (
        'supportcoord cannot start: PORT is "eighty"; write a whole number from 1 to 65534.\n'
    )


def test_a_real_installation_must_have_a_key_of_its_own(tmp_path):
    start = settings_told(
        SECRET_KEY="",
        SUPPORTCOORD_VAR=str(tmp_path),
        DATABASE_URL="postgresql://desk@db.example/desk",
    )

    assert start.returncode == 1
    assert start.stderr.startswith("supportcoord cannot start: SECRET_KEY is not set;")
    assert not list(tmp_path.iterdir())


def test_keys_that_seal_must_be_long():
    start = settings_told(SUPPORTCOORD_ENCRYPTION_KEYS=f"{SECRET}, short")

    assert start.returncode == 1
    assert start.stderr == (
        "supportcoord cannot start: SUPPORTCOORD_ENCRYPTION_KEYS needs at least 24 characters "
        "for each key.\n"
    )


def test_a_password_never_stands_in_the_sentence():
    start = settings_told(DATABASE_URL="mysql://desk:hunter2@db.example/desk")

    assert start.returncode == 1
    assert "DATABASE_URL" in start.stderr
    assert "hunter2" not in start.stderr
