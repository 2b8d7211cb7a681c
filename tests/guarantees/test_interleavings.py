"""An executor is stopped before each of its statements, another takes over, the first goes on.

No statement is chosen by hand: each scene is played once for every statement and commit there is.
Whoever was overtaken changes nothing; whoever could not be overtaken has done it; nobody repeats.
"""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import Error

from apps.coordination import ledger, runtime
from apps.coordination.events import publish
from apps.coordination.models import Attempt, Event, Heartbeat, Run, Step
from apps.coordination.services.operating import give_up, run_again, settle_outside
from apps.coordination.states import OVER, RunState
from apps.core.errors import IllegalMove, Refused
from tests.make.engine import drain
from tests.make.journeys import JourneyNoted, JourneySigned
from tests.make.notebook import notes
from tests.make.puppets import At, finish, puppets
from tests.make.travelling import CalledOff, Travel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
LEASE_OVER = timedelta(minutes=5)
WHO = {"by": "user:2", "why": "Me too."}
# Wake-ups are no state, and what came of one's own attempt is evidence that everybody may keep.
NOT_COMPARED = {"signalled_at", "signals", "outcome"}


def everything(travel):
    """What the engine knows of a journey."""
    run = travel.run()
    tables = {
        Run: {"pk": run.pk},
        Step: {"run": run},
        Attempt: {"step__run": run},
        Event: {"stream": run.serial_key},
        Heartbeat: {"process__startswith": f"{travel.journey} "},
    }
    evidence = {Attempt: {"error", "finished_at"}}
    return {
        table: list(
            table.objects.filter(**which)
            .order_by("pk")
            .values(
                *{field.name for field in table._meta.fields}
                - NOT_COMPARED
                - evidence.get(table, set())
            )
        )
        for table, which in tables.items()
    }


# Each scene prepares a journey and says what the first executor is about to do.


def begins(travel):
    run = travel.book()
    return lambda: runtime.advance(run_id=run.pk, owner="first")


def goes_on_when_signed(travel):
    run = travel.book()
    drain()
    publish(JourneySigned(journey=travel.journey, place="door"))
    return lambda: runtime.advance(run_id=run.pk, owner="first")


def takes_back(travel):
    run = travel.book()
    drain()
    give_up(run_id=run.pk, **WHO)
    return lambda: runtime.advance(run_id=run.pk, owner="first")


def takes_over(travel):
    run = travel.book()
    ledger.claim(run.pk, owner="dead")
    travel.clock.forward(LEASE_OVER)
    return lambda: runtime.advance(run_id=run.pk, owner="first")


def buries(travel):
    act = takes_over(travel)
    Run.objects.filter(pk=travel.run().pk).update(takeovers=4)
    return act


def lets_go(travel):
    run = travel.book()
    ledger.claim(run.pk, owner="dead")
    return lambda: runtime.let_go(owner="dead")


def runs_again(travel):
    run = travel.book()
    drain()
    return lambda: run_again(run_id=run.pk, **WHO)


def settles(travel):
    run = travel.book()
    drain()
    return lambda: settle_outside(run_id=run.pk, **WHO)


TROUBLED = {"pack": ("bug",), "ticket": ("away",), "letter": ("lost",), "visa": ("no",)}
SCENES = {
    "steps": (begins, Travel, "note pack, note lock, keyed ticket, reconcilable hotel", {}),
    "unsafe": (begins, Travel, "unsafe letter, note board", {}),
    "waits": (begins, Travel, "note pack, wait door", {"signed": ("door",)}),
    "sleeps": (begins, Travel, "note pack, sleep night", {}),
    "heard": (goes_on_when_signed, Travel, "wait door, note board", {}),
    "bug": (begins, Travel, "note lock, note pack", {"troubles": TROUBLED}),
    "away": (begins, Travel, "note lock, keyed ticket", {"troubles": TROUBLED}),
    "lost": (begins, Travel, "note lock, unsafe letter", {"troubles": TROUBLED}),
    "refused": (begins, Travel, "note lock, keyed visa", {"troubles": TROUBLED}),
    "back": (takes_back, CalledOff, "note pack, keyed ticket, wait door", {"undone": True}),
    "takes over": (takes_over, Travel, "note pack", {}),
    "buries": (buries, Travel, "note pack", {}),
    "lets go": (lets_go, Travel, "note pack", {}),
    "again": (runs_again, Travel, "keyed visa", {"troubles": TROUBLED}),
    "settles": (settles, Travel, "unsafe letter", {"troubles": TROUBLED}),
}


def overtake(travel):
    """Take the run over if that can be, and bring it to its end.

    An operator who comes second is told so.
    """
    travel.clock.forward(LEASE_OVER)
    drain()
    with suppress(IllegalMove):
        if travel.run().state != RunState.RUNNING:
            travel.go_on()


def stopped_everywhere(first, prepare, make):
    """A fresh journey for each statement of an act, with the act stopped right before it."""
    for stops in range(1000):
        travel = make(f"{stops}")
        first.begin(prepare(travel))
        for _ in range(stops):
            first.step()
        if first.at is At.REST:
            return
        yield travel, first.where


@pytest.mark.parametrize("cut", [False, True], ids=["goes on", "is cut off"])
@pytest.mark.parametrize("scene", SCENES)
def test_i7_who_was_overtaken_changes_nothing_wherever_he_stopped(
    scene, cut, clock, notebook, quiet_engine
):
    prepare, kind, plan, world = SCENES[scene]
    make = lambda journey: kind(clock, journey, tuple(plan.split(", ")), **world)
    wrong, overtaken = [], 0
    with puppets() as (first, second):
        for travel, where in stopped_everywhere(first, prepare, make):
            if cut:
                first.cut()
            second.begin(lambda travel=travel: overtake(travel), free=True)
            if was_overtaken := second.at is At.REST and travel.run().state in OVER:
                before = everything(travel)
            finish(first, second)
            second.done()
            assert isinstance(first.error, Refused | Error | None), first.error
            if was_overtaken and everything(travel) != before:
                wrong.append(f"I7: overtaken, and wrote after {where}")
            overtaken += was_overtaken
            clock.forward(LEASE_OVER)
            travel.go_on()
            wrong += [f"{problem}, stopped before {where}" for problem in travel.wrongs()]

    assert not wrong
    assert overtaken >= 1


@pytest.mark.parametrize("scene", ["steps", "waits", "refused", "back", "lets go"])
def test_i7_who_was_overtaken_changes_nothing_while_another_is_at_it(
    scene, clock, notebook, quiet_engine
):
    prepare, kind, plan, world = SCENES[scene]
    make = lambda journey: kind(clock, journey, tuple(plan.split(", ")), **world)
    wrong, overtaken = [], 0
    with puppets() as (first, second):
        for travel, where in stopped_everywhere(first, prepare, make):
            run = travel.run()
            clock.forward(LEASE_OVER)
            second.begin(lambda run=run: runtime.advance(run_id=run.pk, owner="second"))
            while second.at is At.STOP and travel.run().lease_owner != "second":
                second.step()
            if was_overtaken := second.at is At.STOP:
                before = everything(travel)
            first.go()
            if was_overtaken and everything(travel) != before:
                wrong.append(f"I7: overtaken, and wrote after {where}")
            overtaken += was_overtaken
            finish(first, second)
            clock.forward(LEASE_OVER)
            travel.go_on()
            wrong += [f"{problem}, stopped before {where}" for problem in travel.wrongs()]

    assert not wrong
    assert overtaken >= 1


def done_and_taken_back(travel):
    """The names of what was done and stayed, for notes and calls alike; None if out of order."""
    noted = list(travel.log(JourneyNoted).values_list("payload__what", flat=True))
    there = [what for what in noted if not what.startswith("un")]
    back = [what.removeprefix("un") for what in noted if what.startswith("un")]
    if back not in ([], there[::-1]):
        return None
    paid = len({entry["key"] for entry in notes(travel.journey, what="ticket")})
    paid_back = len({entry["key"] for entry in notes(travel.journey, what="unticket")})
    return len(there) - len(back), paid - paid_back


@pytest.mark.parametrize("scene", ["begins", "goes on when signed"])
def test_i14_a_run_given_up_at_any_statement_is_taken_back_or_was_over_before(
    scene, clock, notebook, quiet_engine
):
    prepare = begins if scene == "begins" else goes_on_when_signed
    plan = ("note pack", "note lock", "keyed ticket", "wait door", "note board")
    make = lambda journey: Travel(clock, journey, plan, signed=("door",), undone=True)
    wrong, ends = [], set()
    with puppets() as (first, second):
        for travel, where in stopped_everywhere(first, prepare, make):
            run = travel.run()
            second.begin(lambda run=run: give_up(run_id=run.pk, **WHO), free=True)
            finish(first, second)
            first.done()
            refused = isinstance(second.error, Refused)
            clock.forward(LEASE_OVER)
            travel.go_on()
            state = travel.run().state
            ends.add(state)
            if (state == "done", state == "cancelled") != (refused, not refused):
                wrong.append(f"I14: {state} though given up before {where}")
            if done_and_taken_back(travel) != ((3, 1) if refused else (0, 0)):
                wrong.append(f"I14: {done_and_taken_back(travel)} left, given up before {where}")

    assert not wrong
    assert ends == ({"cancelled"} if scene == "begins" else {"cancelled", "done"})
