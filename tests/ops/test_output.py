"""Several programs on one screen."""

import subprocess
import sys
import threading
import time

import pytest

from apps.core.errors import Unavailable
from apps.ops.stack.output import Output
from apps.ops.stack.supervisor import StepFailed, Supervisor


@pytest.fixture
def output():
    return Output()


def program(code: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-u", "-c", code], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def until_it_ends(output: Output, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        output.pass_on(0.1)
    output.pass_on(0)


def test_each_line_is_whole_and_names_its_program(output, capsys):
    process = program(
        "import sys, time; w = sys.stdout.write;"
        "w('one li'); sys.stdout.flush(); time.sleep(0.3); w('ne\\nno end')"
    )
    output.follow(process, head="web | ")

    until_it_ends(output, process)
    output.pass_on(0)

    assert capsys.readouterr().out == "web | one line\nweb | no end\n"


def test_what_is_no_text_is_passed_on_all_the_same(output, capsys):
    process = program(r"import sys; sys.stdout.buffer.write(b'caf\xe9\n')")
    output.follow(process, head="")

    until_it_ends(output, process)

    assert capsys.readouterr().out == "caf\N{REPLACEMENT CHARACTER}\n"


def test_a_chatty_program_does_not_keep_anybody_waiting(output, capsys):
    process = program("while True: print('x' * 1000)")
    output.follow(process, head="")
    try:
        for _ in range(20):
            output.pass_on(0.05)
    finally:
        process.kill()
        process.wait()

    assert capsys.readouterr().out.startswith("x" * 1000)


def test_a_program_that_says_nothing_is_waited_for_no_longer_than_said(output):
    began = time.monotonic()

    output.pass_on(0.05)

    assert 0.05 <= time.monotonic() - began < 5


def test_a_step_that_fails_is_told_with_its_code_after_what_it_said(tmp_path, capsys):
    supervisor = Supervisor(tmp_path, {})

    with pytest.raises(StepFailed) as failed:
        supervisor.step("migrate", [sys.executable, "-c", "print('no table'); exit(3)"])

    assert isinstance(failed.value, Unavailable)
    assert str(failed.value) == ("migrate failed with exit code 3; what it said stands above.")
    assert capsys.readouterr().out == "no table\n"


def test_the_supervisor_has_one_thread_so_that_its_children_hear_of_its_death_once(tmp_path):
    before = threading.active_count()
    supervisor = Supervisor(tmp_path, {})
    supervisor.start("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"], {})
    try:
        supervisor.output.pass_on(0.1)
        assert threading.active_count() == before
    finally:
        supervisor.kill()
