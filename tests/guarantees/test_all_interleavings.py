"""Two of the engine's own transactions in every order their statements can take.

Small acts, such as to finish a run and to take it over, are played in all orders there are, each
on a fresh journey, which is then brought to its end. Locks forbid some orders; none may go wrong.
"""

from datetime import timedelta

import pytest
from django.db import transaction

from apps.coordination import ledger, runtime
from apps.coordination.events import publish
from apps.coordination.models import Event, Run
from apps.coordination.services import breaking, sweeping
from apps.coordination.services.operating import give_up, run_again
from apps.coordination.services.turning import Turn
from apps.coordination.states import RunState
from apps.core.errors import Refused
from tests.make.engine import drain
from tests.make.explorer import every_order
from tests.make.journeys import JourneyBooked, JourneyNoted, JourneySigned
from tests.make.puppets import puppets
from tests.make.travelling import CalledOff, Travel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
LEASE_OVER = timedelta(minutes=5)
FAIR = (Refused, breaking.BreakerOpen, ledger.Fenced, type(None))
WHO = {"by": "user:2", "why": "Enough."}


def ends_well(travel, _):
    return travel.wrongs()


@pytest.fixture
def play(clock, notebook, quiet_engine):
    """Play a scene in every order; returns how many there were, and what went wrong."""

    def in_every_order(scene, *plan, kind=Travel, check=lambda *_: (), end=ends_well, **world):
        orders, travels = 0, {}

        def stage(number):
            travels[number] = kind(clock, f"{number}", plan, **world)
            return scene(travels[number])

        with puppets() as company:
            for order in every_order(company, stage):
                travel, orders = travels[orders], orders + 1
                errors = [puppet.error for puppet in company]
                problems = [f"{error!r}" for error in errors if not isinstance(error, FAIR)]
                problems += ["a deadlock"] * order.standstills
                problems += check(travel, company, order)
                clock.forward(LEASE_OVER)
                travel.go_on()
                problems += end(travel, company)
                assert not problems, f"{problems[0]} in {order.told}"
        return orders

    return in_every_order


def one_hand(travel, company, _):
    """At most one of the two has it."""
    if [puppet.result for puppet in company].count(True) > 1:
        yield "both had it"


def test_i7_two_workers_reach_for_one_run(play):
    def reach(travel):
        run = travel.book()
        return (
            lambda: bool(ledger.claim(run.pk, owner="first")),
            lambda: bool(ledger.claim(run.pk, owner="second")),
        )

    assert play(reach, "note pack", check=one_hand) >= 2


def test_i7_one_finishes_while_another_takes_over(play):
    def finish_and_take_over(travel):
        run = travel.book()
        claim = ledger.claim(run.pk, owner="first")
        travel.clock.forward(LEASE_OVER)
        return (
            lambda: Turn(claim).end(RunState.DONE),
            lambda: runtime.take(run.pk, owner="second"),
        )

    assert play(finish_and_take_over) >= 10


def test_i7_two_take_over_from_a_dead_one(play):
    def take_over_twice(travel):
        run = travel.book()
        ledger.claim(run.pk, owner="dead")
        travel.clock.forward(LEASE_OVER)
        return (
            lambda: runtime.take(run.pk, owner="first") is not None,
            lambda: runtime.take(run.pk, owner="second") is not None,
        )

    assert play(take_over_twice, "note pack", check=one_hand) >= 20


def test_i2_no_signature_is_missed_by_a_run_that_is_just_put_down(play):
    def put_down_and_sign(travel):
        run = travel.book()
        return (
            lambda: runtime.advance(run_id=run.pk),
            lambda: publish(JourneySigned(journey=travel.journey, place="door")),
        )

    def heard(travel, *_):
        drain()
        if travel.run().state != RunState.DONE:
            yield "I2: it was signed, and the run still waits"

    assert play(put_down_and_sign, "wait door", check=heard) >= 50


def test_i14_one_gives_up_while_it_finishes(play):
    def finish_and_give_up(travel):
        run = travel.book()
        drain()
        publish(JourneySigned(journey=travel.journey, place="door"))
        claim = ledger.claim(run.pk, owner="first")
        return lambda: runtime.tell(claim), lambda: give_up(run_id=run.pk, **WHO)

    def either(travel, company):
        refused = isinstance(company[1].error, Refused)
        kind = Travel if refused else CalledOff
        return kind(travel.clock, travel.journey, travel.plan).wrongs()

    assert play(finish_and_give_up, "wait door", end=either) >= 10


def test_i14_one_gives_up_while_another_signs(play):
    def sign_and_give_up(travel):
        run = travel.book()
        drain()
        return (
            lambda: publish(JourneySigned(journey=travel.journey, place="door")),
            lambda: give_up(run_id=run.pk, **WHO),
        )

    assert play(sign_and_give_up, "note pack", "wait door", kind=CalledOff, undone=True) >= 5


def test_i17_two_operators_run_it_again(play):
    def run_again_twice(travel):
        run = travel.book()
        drain()
        return (
            lambda: bool(run_again(run_id=run.pk, **WHO)),
            lambda: bool(run_again(run_id=run.pk, **WHO)),
        )

    def once(travel, company, order):
        yield from one_hand(travel, company, order)
        if Event.objects.filter(stream=travel.run().serial_key, type="RunTriedAgain").count() != 1:
            yield "I17: it was run again twice"

    assert play(run_again_twice, "keyed visa", troubles={"visa": ("no",)}, check=once) >= 2


def test_i16_two_coordinators_sweep_while_one_works(play):
    def sweep_and_reach(travel):
        run = travel.book()
        Run.objects.filter(pk=run.pk).update(signalled_at=None)
        return lambda: ledger.take_due(limit=5), lambda: ledger.take_due(limit=5)

    def once(_, company, __):
        if len(company[0].result + company[1].result) > 1:
            yield "I16: both signalled it"

    assert play(sweep_and_reach, "note pack", check=once) >= 2


def test_i6_two_write_into_one_stream(play):
    def sign_twice(travel):
        travel.book()
        drain()
        return tuple(
            lambda place=place: publish(JourneySigned(journey=travel.journey, place=place))
            for place in ("window", "roof")
        )

    def as_committed(_, company, order):
        commits = [told[0] for told in order.told if told.endswith("COMMIT")]
        if [company[int(who)].result for who in commits] != [2, 3]:
            yield "I6: the events are not numbered as they were committed"

    assert play(sign_twice, "wait door", signed=("door",), check=as_committed) >= 2


def test_i6_two_runs_of_one_stream_do_not_overlap(play):
    def advance_both(travel):
        first = travel.book()
        publish(JourneyBooked(journey=travel.journey, plan=travel.plan))
        second = Run.objects.latest("pk")
        return (
            lambda: runtime.advance(run_id=first.pk),
            lambda: runtime.advance(run_id=second.pk),
        )

    def one_after_the_other(travel, _):
        drain()
        runs = Run.objects.filter(serial_key=f"journey:{travel.journey}").order_by("pk")
        noted = travel.log(JourneyNoted).values_list("run_id", flat=True)
        if list(noted) != [run.pk for run in runs]:
            yield "I6: the second began before the first had ended"

    assert play(advance_both, "note pack", end=one_after_the_other) >= 20


def test_i6_two_runs_of_one_stream_are_not_claimed_at_once(play):
    def claim_both(travel):
        first = travel.book()
        drain()
        publish(JourneyBooked(journey=travel.journey, plan=travel.plan))
        second = Run.objects.latest("pk")
        publish(JourneySigned(journey=travel.journey, place="door"))
        return (lambda: held_open(first), lambda: held_open(second))

    def held_open(run):
        with transaction.atomic():
            return ledger.claim(run.pk, owner="somebody") is not None

    def one(travel, company, _):
        if sorted(puppet.result for puppet in company) != [False, True]:
            yield "I6: two runs of one stream were claimed, or none"

    assert play(claim_both, "wait door", signed=("door",), check=one, end=lambda *_: ()) >= 2


def test_i15_two_reach_for_a_breaker_that_is_half_open(play):
    def probe_twice(travel):
        destination = f"counter {travel.journey}"
        travel.book()
        for _ in range(6):
            breaking.record_failure(destination, "no answer")
        travel.clock.forward(LEASE_OVER)
        probe = lambda: breaking.pass_or_raise(destination, lasts=timedelta(minutes=1))
        return probe, probe

    def one_probe(_, company, __):
        if [type(puppet.error) for puppet in company].count(breaking.BreakerOpen) != 1:
            yield "I15: both probe, or nobody"

    assert play(probe_twice, check=one_probe) >= 2


def test_i10_two_coordinators_tick_once(play):
    def tick_twice(travel):
        travel.book()
        work = {f"collect {travel.journey}": timedelta(minutes=1)}
        return (lambda: sweeping.tick_clockwork(work),) * 2

    def one_tick(_, company, __):
        if len(company[0].result + company[1].result) != 1:
            yield "I10: it ticked twice, or not at all"

    assert play(tick_twice, check=one_tick) >= 2
