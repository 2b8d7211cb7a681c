"""A worker of some release of the garden, on a clock that may be wrong by CLOCK_AHEAD seconds."""

import os
import time

import time_machine

AHEAD = float(os.environ.get("CLOCK_AHEAD", "0"))
if AHEAD:
    time_machine.travel(time.time() + AHEAD, tick=True).start()

from tests.make.worker import app  # noqa: E402

# isort: split
from tests.make.garden import release_of_environment  # noqa: E402

release_of_environment()

__all__ = ["app"]
