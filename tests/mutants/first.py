"""The fourteen mutants of the fault suite's own list; where this design has another means for the
same promise, the mutant takes that means away."""

from apps.coordination import hints
from apps.core.db import rows
from tests.mutants import instead
from tests.mutants.patching import Mutant, Reword, Rule, Swap, Wrap, adding_to
from tests.mutants.places import (
    CRASHES,
    ENGINE,
    IN_ORDER,
    LEASES,
    ORDERS,
    OVERTAKEN,
    RULES,
    WAKE_UPS,
)

MUTANTS: list[Mutant] = []
mutant = adding_to(MUTANTS)

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
    f"{WAKE_UPS}test_i2_a_run_finishes_though_every_hint_is_lost",
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
    f"{RULES}test_i11_a_run_makes_only_permitted_moves",
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
