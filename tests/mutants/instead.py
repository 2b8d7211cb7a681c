"""What the mutants do instead of what the engine does."""

import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from apps.coordination.services import stepping
from apps.coordination.types import Held, Lease
from apps.core.db import rows


def key_per_attempt(original: Any, asking: Any, *args: Any) -> None:
    original(asking, *args)
    key = f"{asking.intent.key}:{asking.intent.attempt}"
    asking.intent = replace(asking.intent, key=key)


def memo_later(turn: Any, place: int, name: str, service: Any, *args: Any, **values: Any) -> Any:
    input_hash = stepping.digest([list(args), values])
    memo = stepping.remembered(turn.claim, place, name, input_hash)
    if memo and memo.state == "done":
        return memo.output
    with turn.writing(), stepping.acting(**stepping.actor_of(turn.claim, name)):
        output = service(*args, **values)
    turn.commit()
    with turn.writing():
        stepping.finish(turn.claim, place, name, stepping.StepKind.TRANSACT, input_hash, output)
    turn.commit()
    return output


def intent_later(original: Any, asking: Any, *args: Any) -> None:
    asking.turn.commit()
    asking.turn.commit = lambda: None
    original(asking, *args)
    del asking.turn.commit


def never_stood_still(original: Any, asking: Any, *args: Any) -> None:
    original(asking, *args)
    asking.intended = math.inf


def settle_later(original: Any, asking: Any, state: Any, **values: Any) -> None:
    original(asking, state, **(values | {"durable": False}))


def insist() -> None:
    rows("SELECT set_config('deadlock_timeout', '10s', TRUE)", {})


def ask_at_once(original: Any, asking: Any) -> Any:
    memo, asking.memo = asking.memo, None
    try:
        return original(asking)
    finally:
        asking.memo = memo


def own_clock() -> str:
    return f"'{datetime.now(UTC).isoformat()}'::timestamptz"


def begin_later(original: Any, *args: Any) -> int:
    transaction.on_commit(lambda: original(*args))
    return 0


def undo_first_first(original: Any, run: Any, *args: Any, **values: Any) -> None:
    original(run, *args, **values)
    run.undos.insert(0, run.undos.pop())


def hold_everything(original: Any, lease: Lease, **values: Any) -> Held:
    rows("SELECT 1 FROM coordination_run ORDER BY id FOR NO KEY UPDATE", {})
    return original(lease, **values)


class NeverRaised(Exception):
    """Stands where an error that is treated apart stood."""
