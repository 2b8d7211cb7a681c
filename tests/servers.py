"""The servers of one test run: started once, stopped with it, their files kept for the next."""

import atexit
import os
import re
from contextlib import ExitStack
from itertools import count
from pathlib import Path

from apps.ops.holding import AlreadyRunning, held
from apps.ops.servers import Postgres, Valkey

ROOT = Path(__file__).parents[1]


def names_in_the_example() -> list[str]:
    """Every setting the product reads, so that a test run can start without any of them."""
    example = ROOT / ".env.example"
    lines = example.read_text().splitlines() if example.exists() else []
    return [found[1] for line in lines if (found := re.match(r"#?([A-Z_]+)=", line))]


def prepare() -> None:
    """Once for the whole run: a clean environment, a folder, two servers.

    DATABASE_URL and REDIS_URL are obeyed; everything else this machine says is not heard.
    """
    if "SUPPORTCOORD_TESTS" in os.environ:
        return
    for name in set(names_in_the_example()) - {"DATABASE_URL", "REDIS_URL"}:
        os.environ.pop(name, None)
        os.environ.pop(f"{name}_FILE", None)
    folder = own_folder()
    os.environ |= {
        "SUPPORTCOORD_TESTS": str(folder),
        "SUPPORTCOORD_VAR": str(folder / "var"),
        "SECRET_KEY": "for the tests only",
        "SUPPORTCOORD_ENCRYPTION_KEYS": "sealing for the tests only",
        "ENV_FILE": "",
    }
    start_servers(folder)


def own_folder() -> Path:
    """The first folder under var/test that no other run holds."""
    for number in count():
        folder = ROOT / "var" / "test" / str(number)
        hold = ExitStack()
        try:
            hold.enter_context(held(folder, what="a test run"))
        except AlreadyRunning:
            continue
        atexit.register(hold.close)
        return folder
    raise AssertionError


def start_servers(folder: Path) -> None:
    """Start what the environment does not name already."""
    if "DATABASE_URL" not in os.environ:
        postgres = Postgres(folder / "postgres")
        atexit.register(postgres.stop)
        postgres.start()
        os.environ["DATABASE_URL"] = postgres.url("supportcoord")
    if "REDIS_URL" not in os.environ:
        valkey = Valkey(folder / "valkey")
        atexit.register(valkey.stop)
        valkey.start()
        os.environ["REDIS_URL"] = valkey.url(0)


def own_broker_database() -> None:
    """Each xdist worker gets a numbered Valkey database of its own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker:
        base = os.environ["REDIS_URL"].rsplit("/", 1)[0]
        os.environ["REDIS_URL"] = f"{base}/{int(worker.removeprefix('gw')) + 1}"
