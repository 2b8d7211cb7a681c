"""Mutants of what this engine has of its own to keep its promises."""

from datetime import timedelta

from apps.coordination.types import Held
from tests.mutants import instead
from tests.mutants.patching import Mutant, Reword, Rule, Swap, Wrap, adding_to
from tests.mutants.places import (
    CALLS,
    CRASHES,
    DEPLOYS,
    ENGINE,
    GUARANTEES,
    IN_ORDER,
    LANES,
    LEASES,
    ORDERS,
    OVERTAKEN,
    RULES,
    TIMERS,
    UNSAFE,
)

MUTANTS: list[Mutant] = []
mutant = adding_to(MUTANTS)

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
    f"{ORDERS}test_i6_two_runs_of_one_stream_are_not_claimed_at_once",
    by=Rule(
        "DROP INDEX one_runs_at_a_time",
        "CREATE UNIQUE INDEX one_runs_at_a_time ON coordination_run (serial_key)"
        " WHERE state = 'running'",
    ),
)
mutant(
    "log without its trigger",
    "the log cannot be changed",
    f"{RULES}test_i11_the_log_cannot_be_changed_through_sql",
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
    "asked after standing still",
    "who stood still since the intent asks nobody",
    "tests/coordination/test_corners.py::"
    "test_i9_a_process_that_stood_still_after_its_intent_asks_nobody",
    by=Wrap("services.calling:Asking.write_intent", instead.never_stood_still),
)
mutant(
    "unsafe answer shares a commit",
    "the answer of an unsafe receiver commits at once",
    f"{CALLS}test_i9_the_answer_of_an_unsafe_receiver_outlives_a_crash_right_after_it",
    by=Wrap("services.calling:Asking.settle", instead.settle_later),
)
mutant(
    "attempt without its end",
    "what came of a call is kept, whoever has the run",
    f"{CALLS}test_i7_what_came_of_a_call_is_kept_though_the_run_was_taken_over_meanwhile",
    by=Swap("memory:end_attempt", lambda attempt, **_: None),
)
mutant(
    "shorter story ends",
    "a story does not end before what its run remembers",
    f"{DEPLOYS}test_i13_a_story_that_became_shorter_under_its_version_does_not_end_as_done",
    by=Swap("services.stepping:check_all_told", lambda claim, places: None),
)
mutant(
    "turn that does not give way",
    "steps that share a transaction make nobody fail",
    "tests/coordination/test_turning.py::"
    "test_steps_that_share_give_way_to_whoever_waits_for_what_they_locked",
    by=Swap("services.turning:give_way", instead.insist),
)
mutant(
    "fence that is never raised",
    "whoever takes a run over raises its fence",
    f"{OVERTAKEN}while_another_is_at_it[steps]",
    by=[
        Reword("state = 'running', fence = fence + 1", "state = 'running', fence = 2"),
        Reword("fence = fence + 1, takeovers", "takeovers"),
    ],
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
    f"{TIMERS}test_i10_a_timer_does_not_fire_before_it_is_due",
    by=Reword("AND r.due_at <= clock_timestamp()", ""),
)
mutant(
    "timer rings early",
    "nothing that is not due is signalled",
    f"{TIMERS}test_i10_a_timer_does_not_fire_before_it_is_due",
    by=Reword("AND r.due_at <= statement_timestamp()", ""),
)
mutant(
    "wait ends when it is asked",
    "a wait ends with its event or at its own moment",
    f"{TIMERS}test_i10_a_timer_that_is_asked_too_early_goes_on_to_its_own_moment",
    by=Wrap("ledger:database_now", lambda original: original() + timedelta(days=365)),
)
mutant(
    "one lock for all streams",
    "different streams do not wait for each other",
    f"{ENGINE}test_different_keys_do_not_wait_for_each_other",
    by=Wrap("ledger:hold", instead.hold_everything),
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
    f"{LANES}test_a_run_that_backs_off_in_a_lane_holds_back_only_that_lane",
    by=Reword("(o.state = 'ready' AND o.lane = r.lane)", "(o.state = 'ready')"),
)
mutant(
    "a pause holds back nobody",
    "who backs off holds back the later runs of its lane",
    f"{LANES}test_a_run_that_backs_off_in_a_lane_holds_back_only_that_lane",
    by=Reword("o.state = 'ready' AND o.lane = r.lane", "FALSE"),
)
mutant(
    "who is put off stays in the way",
    "whom a destination puts off holds back nobody",
    f"{LANES}test_a_run_that_is_put_off_steps_aside_and_those_behind_it_go_on",
    by=Reword("%(aside)s AND NOT parks", "FALSE"),
)
mutant(
    "a dead letter holds back nobody",
    "a dead letter holds back the later runs of its lane",
    f"{LANES}test_a_dead_run_holds_back_later_runs_of_its_key_and_of_no_other",
    by=Reword("o.parks AND o.lane = r.lane", "FALSE"),
)
mutant(
    "lanes that overtake one another",
    "runs start in commit order, whatever their lanes",
    f"{LANES}test_runs_of_different_lanes_start_in_the_order_of_their_events",
    by=Reword("o.state = 'ready' AND o.fence = 0 AND NOT EXISTS", "FALSE AND NOT EXISTS"),
)
mutant(
    "a pause holds back other lanes",
    "whom its own lane holds back holds back no other lane",
    f"{LANES}test_a_run_that_its_own_lane_holds_back_holds_back_no_other_lane",
    by=Reword("p.state = 'ready' AND p.fence > 0", "FALSE"),
)
mutant(
    "a dead letter holds back other lanes",
    "whom a dead letter holds back holds back no other lane",
    f"{LANES}test_a_run_behind_a_dead_letter_of_its_lane_holds_back_no_other_lane",
    by=Reword("p.parks AND p.state IN ('dead', 'in_doubt')", "FALSE"),
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
    f"{GUARANTEES}test_undoing.py::test_i14_everything_that_was_done_is_taken_back_in_reverse",
    by=Wrap("flows:FlowRun.undo", instead.undo_first_first),
)
mutant(
    "given up unseen",
    "who runs a run that was given up turns round",
    f"{GUARANTEES}test_undoing.py",
    by=Swap("services.turning:Turn.check_not_given_up", lambda turn, **_: None),
)
mutant(
    "taken in twice",
    "one row for each key of a caller",
    f"{GUARANTEES}test_idempotency.py::test_of_eight_at_the_same_moment_one_does_the_work",
    by=Rule(
        "ALTER TABLE coordination_inbox DROP CONSTRAINT taken_in_once",
        "ALTER TABLE coordination_inbox ADD CONSTRAINT taken_in_once UNIQUE (source, external_id)",
    ),
)
mutant(
    "unsafe database accepted",
    "a database that may lose commits is refused",
    f"{UNSAFE}test_i18_the_engine_refuses_a_database_that_may_lose_commits",
    by=Swap("services.safety:DURABLE", ()),
)
mutant(
    "replica accepted",
    "a server that is not written to is refused",
    f"{UNSAFE}test_i18_the_engine_refuses_a_replica",
    by=Reword("SELECT pg_is_in_recovery()", "SELECT FALSE"),
)
