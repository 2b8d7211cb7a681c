"""The protections of the engine, and for each the tests that must fail without it.

The first fourteen are those of the fault suite's own list; where this design has another means
for the same promise, the mutant takes that means away.
"""

from apps.coordination import hints
from apps.coordination.types import Held
from apps.core.db import rows
from tests.mutants import instead
from tests.mutants.patching import Change, Mutant, Reword, Rule, Swap, Wrap

MUTANTS: list[Mutant] = []
G = "tests/guarantees/"
ENGINE, CRASHES, LEASES = f"{G}test_engine.py::", f"{G}test_crashes.py::", f"{G}test_leases.py::"
WAKE_UPS, ORDERS = f"{G}test_wake_ups.py::", f"{G}test_all_interleavings.py::"
OVERTAKEN = f"{G}test_interleavings.py::test_i7_who_was_overtaken_changes_nothing_"
IN_ORDER = f"{ORDERS}test_i6_two_write_into_one_stream"


def mutant(name: str, protection: str, *tests: str, by: Change | list[Change]) -> None:
    """Add one to the list."""
    changes = by if isinstance(by, list) else [by]
    MUTANTS.append(Mutant(name, protection, changes, list(tests)))


mutant(
    "no fence",
    "a write with an old fence changes nothing",
    f"{ENGINE}test_i7_an_executor_whose_lease_was_taken_changes_nothing",
    f"{OVERTAKEN}while_another_is_at_it[steps]",
    by=Reword("fence = %(fence)s AND state", "%(fence)s::bigint IS NOT NULL AND state"),
)
mutant(
    "no memo",
    "a finished step is not done again",
    f"{CRASHES}test_i5_a_keyed_call_keeps_its_key_wherever_it_crashes",
    by=Wrap("services.stepping:remembered", lambda original, *args: None),
)
mutant(
    "key per attempt",
    "a call keeps its key for ever",
    f"{ENGINE}test_i5_a_keyed_call_keeps_its_key_through_crashes",
    by=Wrap("services.calling:Asking.__init__", instead.key_per_attempt),
)
mutant(
    "no sweeper",
    "the coordinator finds what is due",
    f"{WAKE_UPS}test_i2_a_wake_up_that_could_not_be_sent_counts_as_not_sent",
    by=Swap("ledger:take_due", lambda **_: []),
)
mutant(
    "hint before commit",
    "a wake-up leaves after the commit",
    f"{WAKE_UPS}test_i3_a_wake_up_leaves_after_the_commit_of_its_cause",
    by=Swap("events:hint_on_commit", lambda ids: [hints.hint(run_id) for run_id in ids]),
)
mutant(
    "delete on publish",
    "what was sent and lost is sent again",
    f"{WAKE_UPS}test_i2_a_wake_up_that_was_sent_and_lost_is_sent_again",
    by=Reword(
        "r.signalled_at < clock_timestamp()", "FALSE AND r.signalled_at < clock_timestamp()"
    ),
)
mutant(
    "global seq",
    "each stream is numbered under its lock, in commit order",
    IN_ORDER,
    by=[
        Rule("CREATE SEQUENCE one_for_all START 2", "DROP SEQUENCE one_for_all"),
        Swap("events:next_seq", lambda _: rows("SELECT nextval('one_for_all')", {})[0][0]),
    ],
)
mutant(
    "app clock for leases",
    "time is the database's clock",
    f"{LEASES}test_i7_who_has_a_lease_is_left_alone_until_it_is_over",
    by=Reword("clock_timestamp()", instead.own_clock),
)
mutant(
    "no lease extension",
    "who makes progress keeps the lease",
    f"{LEASES}test_i7_who_makes_progress_keeps_the_lease_however_long_it_takes",
    by=Reword("lease_until = clock_timestamp() + %(lease)s,", "", only="WHEN %(progress)s"),
)
mutant(
    "memo outside the effect's transaction",
    "effect and memo commit together",
    f"{CRASHES}test_i4_database_steps_happen_once_wherever_it_crashes",
    by=Swap("services.stepping:transact", instead.memo_later),
)
mutant(
    "retry of in doubt",
    "an unsafe call is not repeated",
    f"{ENGINE}test_i9_an_unsafe_call_whose_end_nobody_saw_is_not_repeated",
    by=Swap("services.calling:unsure", lambda memo: False),
)
mutant(
    "breaker counting attempts",
    "a dead destination costs no attempts",
    f"{ENGINE}test_i15_a_destination_that_keeps_failing_is_left_alone_and_costs_no_attempt",
    by=Swap("runtime:BreakerOpen", instead.NeverRaised, everywhere=False),
)
mutant(
    "FSM trigger dropped",
    "the database refuses moves that are none",
    f"{ENGINE}test_i11_a_run_makes_only_permitted_moves",
    by=Rule(
        "ALTER TABLE coordination_run DISABLE TRIGGER USER",
        "ALTER TABLE coordination_run ENABLE TRIGGER USER",
    ),
)
mutant(
    "claim without head-of-key check",
    "runs of a stream begin in order",
    f"{ORDERS}test_i6_two_runs_of_one_stream_do_not_overlap",
    by=Reword("o.serial_key = r.serial_key AND o.id < r.id", "FALSE"),
)

# Of our own.

mutant(
    "no hold",
    "every transaction of an executor checks the fence",
    f"{OVERTAKEN}while_another_is_at_it[waits]",
    by=Swap("ledger:hold", lambda lease, **_: Held()),
)
mutant(
    "hold without a lock",
    "the fence stays checked until the commit",
    f"{OVERTAKEN}wherever_he_stopped[steps-goes on]",
    by=Reword("AND state = 'running' FOR NO KEY UPDATE", "AND state = 'running'"),
)
mutant(
    "revoke of the living",
    "only a lease that is over is taken away",
    f"{LEASES}test_i7_who_has_a_lease_is_left_alone_until_it_is_over",
    by=Reword("AND lease_until < clock_timestamp()", ""),
)
mutant(
    "expire anybody's lease",
    "only the dead child's lease ends early",
    f"{OVERTAKEN}while_another_is_at_it[lets go]",
    by=Reword('"coordination_run"."lease_owner" = %s', "%s IS NOT NULL", only="UPDATE"),
)
mutant(
    "two running runs of a key",
    "the database refuses a second running run",
    f"{ENGINE}test_the_database_itself_refuses_two_running_runs_of_a_key",
    by=Rule(
        "DROP INDEX one_runs_at_a_time",
        "CREATE UNIQUE INDEX one_runs_at_a_time ON coordination_run (serial_key)"
        " WHERE state = 'running'",
    ),
)
mutant(
    "log without its trigger",
    "the log cannot be changed",
    f"{ENGINE}test_i11_the_log_cannot_be_changed_through_sql",
    by=Rule(
        "ALTER TABLE coordination_event DISABLE TRIGGER USER",
        "ALTER TABLE coordination_event ENABLE TRIGGER USER",
    ),
)
mutant(
    "number without the stream's lock",
    "who writes into a stream holds it",
    IN_ORDER,
    by=Reword(
        "INSERT INTO coordination_stream (key, next_seq) VALUES (%(key)s, 2) ON CONFLICT (key) "
        "DO UPDATE SET next_seq = coordination_stream.next_seq + 1 RETURNING next_seq - 1",
        "SELECT count(*) + 1 FROM coordination_event WHERE stream = %(key)s",
    ),
)
mutant(
    "run begun after the commit",
    "a run begins in its cause's transaction",
    f"{CRASHES}test_i4_database_steps_happen_once_wherever_it_crashes",
    by=Wrap("events:begin", instead.begin_later),
)
mutant(
    "intent not committed first",
    "what is about to be asked is written down before",
    f"{CRASHES}test_i9_an_unsafe_call_is_made_at_most_once_wherever_it_crashes",
    by=Wrap("services.calling:Asking.write_intent", instead.intent_later),
)
mutant(
    "reconcilable not asked first",
    "a reconcilable receiver is asked what it has",
    f"{ENGINE}test_a_reconcilable_receiver_is_asked_before_it_is_told_again",
    by=Wrap("services.calling:Asking.answered", instead.ask_at_once),
)
mutant(
    "stream not locked at a wait",
    "no event slips between looking and waiting",
    f"{ORDERS}test_i2_no_signature_is_missed_by_a_run_that_is_just_put_down",
    by=Swap("ledger:lock_stream", lambda key: None),
)
mutant(
    "timer fires early",
    "nothing that is not due is claimed",
    f"{ENGINE}test_i10_a_timer_does_not_fire_before_it_is_due",
    by=Reword("AND r.due_at <= clock_timestamp()", ""),
)
mutant(
    "probe by everyone",
    "one alone probes a half-open breaker",
    f"{ORDERS}test_i15_two_reach_for_a_breaker_that_is_half_open",
    by=Reword("AND (probe_until IS NULL OR probe_until <= clock_timestamp())", ""),
)
mutant(
    "poison without end",
    "a run that kills its process becomes a dead letter",
    f"{ENGINE}test_i17_a_process_that_always_dies_becomes_a_dead_letter",
    by=Swap("ledger:MAX_TAKEOVERS", 1000),
)
mutant(
    "lanes that hold each other back",
    "a lane backs off alone",
    "tests/coordination/test_lanes.py",
    by=Reword("(o.state = 'ready' AND o.lane = r.lane)", "(o.state = 'ready')"),
)
mutant(
    "undo twice",
    "each undo is remembered",
    f"{CRASHES}test_i14_what_is_given_up_is_taken_back_once_and_in_reverse_wherever_it_crashes",
    by=Wrap(
        "services.stepping:remembered",
        lambda original, claim, place, name, told: (
            None if name.startswith("undo:") else original(claim, place, name, told)
        ),
    ),
)
mutant(
    "undo in the order of doing",
    "the last step is taken back first",
    f"{G}test_undoing.py::test_i14_everything_that_was_done_is_taken_back_in_reverse",
    by=Wrap("flows:FlowRun.undo", instead.undo_first_first),
)
mutant(
    "given up unseen",
    "who runs a run that was given up turns round",
    f"{G}test_undoing.py",
    by=Swap("services.turning:Turn.check_not_given_up", lambda turn, **_: None),
)
mutant(
    "taken in twice",
    "one row for each key of a caller",
    f"{G}test_idempotency.py::test_of_eight_at_the_same_moment_one_does_the_work",
    by=Rule(
        "ALTER TABLE coordination_inbox DROP CONSTRAINT taken_in_once",
        "ALTER TABLE coordination_inbox ADD CONSTRAINT taken_in_once UNIQUE (source, external_id)",
    ),
)
mutant(
    "unsafe database accepted",
    "a database that may lose commits is refused",
    f"{ENGINE}test_i18_the_engine_refuses_a_database_that_may_lose_commits",
    by=Swap("services.safety:DURABLE", ()),
)
