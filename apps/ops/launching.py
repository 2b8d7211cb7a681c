"""Starting a program so that it dies with this process and never leaves an orphan."""

import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from apps.ops.launcher import DEATH_SIGNAL, prctl

LAUNCHER = Path(__file__).with_name("launcher.py")
NOBODY = 65534


def launch(
    command: Sequence[str | Path],
    *,
    home: Path,
    death_signal: signal.Signals = signal.SIGTERM,
    user: str = "-",
    env: Mapping[str, str] | None = None,
    stdin: int | IO[bytes] | None = subprocess.DEVNULL,
    output: int | IO[bytes] | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` in `home`, in a process group of its own. See `launcher` for the rest."""
    words = [str(os.getpid()), str(int(death_signal)), user, str(home), "--", *map(str, command)]
    return subprocess.Popen(  # noqa: S603 - the commands are ours
        [sys.executable, "-I", "-S", str(LAUNCHER), *words],
        cwd=home,
        env=None if env is None else dict(env),
        stdin=stdin,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        process_group=0,
    )


def die_with_parent(death_signal: signal.Signals) -> None:
    """Get this signal when the parent is gone. Only Linux can promise that."""
    prctl(DEATH_SIGNAL, int(death_signal))


def servant(home: Path) -> str:
    """Who runs PostgreSQL for root, as `uid:gid`: the owner of its files, else nobody.

    An owner without a name is passed over while there is no data yet: initdb wants to know names.
    """
    if os.geteuid() != 0:
        return "-"
    for place in (home / "data", home, home.parent, home.parent.parent):
        if place.exists() and place.stat().st_uid != 0:
            uid, gid = place.stat().st_uid, place.stat().st_gid
            if place.name == "data" or has_a_name(uid):
                return f"{uid}:{gid}"
    with suppress(KeyError):
        entry = pwd.getpwnam("nobody")
        return f"{entry.pw_uid}:{entry.pw_gid}"
    return f"{NOBODY}:{NOBODY}"


def has_a_name(uid: int) -> bool:
    """Whether this machine knows such a user."""
    with suppress(KeyError):
        return bool(pwd.getpwuid(uid))
    return False


def hand_over(path: Path, user: str) -> None:
    """Make `user` the owner of a file or folder; for an ordinary user there is nothing to do."""
    if user != "-":
        uid, _, gid = user.partition(":")
        os.chown(path, int(uid), int(gid))


def end(
    process: subprocess.Popen[bytes], first: signal.Signals = signal.SIGTERM, *, patience: float
) -> None:
    """Ask the process to stop, wait, then kill what is left of its group."""
    if process.poll() is None:
        process.send_signal(first)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)
    kill_group(process)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and all it started, and see that it is gone."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
