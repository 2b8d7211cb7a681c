"""How the driver speaks with the processes it measures: one JSON line there, one back."""

import json
import sys
from collections.abc import Callable
from typing import Any


def answer(**handlers: Callable[..., Any]) -> None:
    """Do what each line asks for, until there are no more lines."""
    print(json.dumps("ready"), flush=True)  # noqa: T201 - it is the protocol
    for line in sys.stdin:
        asked = json.loads(line)
        said = handlers[asked.pop("do")](**asked)
        print(json.dumps(said), flush=True)  # noqa: T201 - it is the protocol
