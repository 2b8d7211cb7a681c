"""`make run` where it has run before: everything stays together, and stops together."""

import os
import signal
import smtplib

import pytest

from tests.make.processes import wait_until
from tests.make.stack import gone

pytestmark = [pytest.mark.stack, pytest.mark.timeout(400)]


def test_mail_servers_find_a_door_where_one_is_set(later_stacks, tmp_path):
    door = tmp_path / "lmtp"
    stack = later_stacks(LMTP_LISTEN=str(door)).until_it_runs()
    wait_until(door.exists)

    with smtplib.LMTP(str(door)) as client:
        client.ehlo()
        client.mail("ada@example.org")
        code, said = client.rcpt("help@desk.example")

    assert (code, said) == (550, b"5.1.1 There is no such inbox here.")
    assert stack.stop() == 0


def test_a_killed_supervisor_takes_everything_along_and_the_next_start_works(later_stacks):
    first = later_stacks().until_it_runs()
    names = " ".join(first.family().values())

    first.process.kill()
    first.process.wait()

    assert all(name in names for name in ("postgres", "valkey-server", "celery", "granian"))
    assert gone(first)
    assert later_stacks().until_it_runs().stop() == 0


@pytest.mark.parametrize("victim", ["celery", "valkey-server", "bin/postgres", "coordinator"])
def test_when_one_process_dies_all_stop_and_a_sentence_says_which(later_stacks, victim):
    stack = later_stacks().until_it_runs()

    os.kill(stack.one(victim), signal.SIGKILL)
    code = stack.until_it_ends()

    assert code == 1
    assert stack.said.endswith("ended with exit code -9; everything else was stopped.\n")
    assert gone(stack, seconds=5)


def test_a_second_instance_is_refused_and_the_first_goes_on(later_stacks):
    first = later_stacks().until_it_runs()
    second = later_stacks()

    code = second.until_it_ends()

    assert code == 1
    assert second.said == (
        f"supportcoord already runs in {first.var} as process {first.process.pid}; "
        "stop that one first.\n"
    )
    assert first.process.poll() is None
    assert first.stop() == 0


def test_a_stale_pid_file_is_no_obstacle(later_stacks):
    first = later_stacks().until_it_runs()
    pid_file = first.var / "postgres" / "data" / "postmaster.pid"
    found = pid_file.read_text()
    first.stop()
    pid_file.write_text(found.replace(found.split()[0], str(os.getpid()), 1))

    assert later_stacks().until_it_runs().stop() == 0
