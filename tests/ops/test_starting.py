"""`make run` on a machine where it has not run: everything starts, and keeps its data."""

import json
import signal
import socket
import time
import urllib.request

import pytest

from tests.make.stack import READY

pytestmark = [pytest.mark.stack, pytest.mark.timeout(400)]

COUNT = (
    "from apps.accounts.models import User; print(User.objects.filter(username='kept').count())"
)
CREATE = "from apps.accounts.models import User; User.objects.create_user('kept')"


def test_the_first_start_serves_and_the_second_finds_the_data_of_the_first(stacks):
    first = stacks().until_it_runs()
    with urllib.request.urlopen(f"{first.url}/readyz", timeout=10) as answer:
        parts = json.load(answer)["parts"]
    first.manage("shell", "-c", CREATE)
    code, left = first.stop(signal.SIGINT), first.family()

    second = stacks().until_it_runs()
    kept = second.manage("shell", "-c", COUNT)

    assert parts == {"database": "ok", "migrations": "ok", "broker": "ok", "mail": "ok"}
    assert f"{READY} {first.url}" in first.said
    assert (code, left) == (0, {})
    assert kept.split()[-1] == "1"


@pytest.mark.parametrize("beside", [0, 1])
def test_a_taken_port_is_named_before_anything_is_started(stacks, beside):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        stack = stacks(PORT=str(port - beside))
        code = stack.until_it_ends()

    assert code == 1
    assert stack.said == (
        f"Port {port} is taken by another program; stop that one, or start with another port: "
        f"PORT={port - beside + 100} make run.\n"
    )
    assert not (stack.var / "postgres").exists()


def test_sample_data_that_was_killed_half_way_is_finished_by_the_next_start(stacks):
    first = stacks("--verbosity=1")
    while "Making sample data" not in first.said:
        assert first.process.poll() is None, first.said
        time.sleep(0.05)
    time.sleep(3)
    first.process.kill()
    first.process.wait()

    second = stacks("--verbosity=1").until_it_runs()
    second.stop()
    third = stacks("--verbosity=1").until_it_runs()

    assert READY not in first.said
    assert second.said.count("Making sample data, once") == 1
    assert "Making sample data" not in third.said
    for stack in (second, third):
        assert "Sign in as admin, katrin, tobias" in stack.said


def test_a_start_that_was_killed_half_way_is_finished_by_the_next(stacks):
    first = stacks()
    while not (first.var / "postgres" / "data").exists():
        assert first.process.poll() is None, first.said
    first.process.kill()
    first.process.wait()
    (first.var / "postgres" / "data.new").mkdir()

    second = stacks().until_it_runs()

    assert second.stop() == 0
    assert not (second.var / "postgres" / "data.new").exists()


def test_servers_that_the_environment_names_are_used_and_none_are_started(stacks):
    stack = stacks(DATABASE_URL="postgresql://desk:hunter2@127.0.0.1:1/desk")

    code = stack.until_it_ends()

    assert code == 1
    assert stack.said.splitlines()[-1] == (
        "The database desk at 127.0.0.1:1, which DATABASE_URL names, refuses: Connection refused."
    )
    assert "hunter2" not in stack.said
    assert stack.said.count("refuses") == 1
    assert not (stack.var / "postgres").exists()
