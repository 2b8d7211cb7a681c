"""Becomes another program that cannot outlive its parent; run as a script, before any import.

Called as `launcher.py PARENT SIGNAL UID PATH -- COMMAND…`. The program gets SIGNAL when the
process PARENT dies, however it dies. With a UID (PostgreSQL refuses to be root) it becomes that
user first; only if that user could not reach PATH or the command, as under a folder closed to
others, does it keep the right to pass closed folders. Nobody's folders change their mode for it.
"""

import ctypes
import os
import sys
from contextlib import suppress

DEATH_SIGNAL, KEEP_CAPABILITIES, SECURE_BITS, AMBIENT, RAISE = 1, 8, 28, 47, 2
NO_SETUID_FIXUP = 4
CAPABILITIES_V3 = 0x20080522
PASS_FOLDERS = (1, 2)  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH
MASK = sum(1 << number for number in PASS_FOLDERS)


def prctl(*numbers: int) -> bool:
    """Ask Linux; elsewhere the answer is no."""
    if sys.platform != "linux":
        return False
    arguments = [ctypes.c_ulong(number) for number in (*numbers, 0, 0, 0, 0)[:5]]
    return bool(ctypes.CDLL(None).prctl(*arguments) == 0)


def capset(effective: int, permitted: int) -> bool:
    """Set what this process may do beyond its user, and what a program it becomes inherits."""
    if sys.platform != "linux":
        return False
    header = (ctypes.c_uint32 * 2)(CAPABILITIES_V3, 0)
    sets = (ctypes.c_uint32 * 6)(effective, permitted, permitted, 0, 0, 0)
    return bool(ctypes.CDLL(None).capset(header, sets) == 0)


def become(uid: int, gid: int) -> None:
    """Give up root, keeping out of effect what may be needed to pass closed folders."""
    # Without this bit access(2), by which initdb looks for its neighbours, minds no capability.
    prctl(SECURE_BITS, NO_SETUID_FIXUP) or prctl(KEEP_CAPABILITIES, 1)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    capset(0, MASK)


def pass_closed_folders() -> bool:
    """Raise the two capabilities so that they survive the coming exec."""
    return capset(MASK, MASK) and all(prctl(AMBIENT, RAISE, number) for number in PASS_FOLDERS)


def demote(user: str, path: str, program: str) -> str:
    """Become `user`, or say why that cannot be."""
    uid, _, gid = user.partition(":")
    try:
        become(int(uid), int(gid))
    except OSError:
        return f"it refuses to run as root, and root may not become user {uid} here"
    if os.access(path, os.W_OK | os.X_OK) and os.access(program, os.R_OK | os.X_OK):
        capset(0, 0)
        return ""
    if pass_closed_folders():
        return ""
    return (
        f"it refuses to run as root, and user {uid} cannot reach {path} and {program}; "
        "run as an ordinary user, or where every user may enter"
    )


def main(parent: str, signal: str, user: str, path: str, _dashes: str, *command: str) -> str:
    """Replace this process, or return the sentence that says why not."""
    trouble = demote(user, path, command[0]) if user != "-" else ""
    if trouble:
        return trouble
    prctl(DEATH_SIGNAL, int(signal))
    if os.getppid() != int(parent):
        return "what started it is gone"
    with suppress(OSError):
        os.execv(command[0], command)  # noqa: S606 - no shell is the point
    return f"{command[0]} cannot be executed"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
