"""The page and its plots: what a run measured is what they say."""

from xml.etree import ElementTree

import pytest

from tests.bench.counting import statements_in
from tests.bench.goals import goals
from tests.bench.page import page
from tests.bench.report import pictures, table

MAIL = (
    ("view 1", 400.0),
    ("lmtp 1", 200.0),
    ("view 4", 800.0),
    ("lmtp 4", 400.0),
    ("message", 40.0),
    ("ticket", 20.0),
)
NAMES = ("engine", "plain", "dbos", "procrastinate")


def measured(**rates):
    """What a run leaves behind, with these flows of three steps a second."""
    rates = {"engine": 300.0, "plain": 200.0, "dbos": 100.0, "procrastinate": 150.0} | rates
    wait = {"p50": 5.0, "p99": 9.0, "samples": 3, "curve": [1.0, 5.0, 9.0]}
    aged = {what: {"p50": 1.0, "p99": 2.0} for what in ("claim", "idle", "busy")}

    def figures(rate):
        spread = {"least": rate - 5, "most": rate + 5}
        return {"rate": rate, "worker_ms": 3.0, "server_ms": 1.5, "cores": 1.9} | spread

    said = {name: figures(rate) for name, rate in rates.items()}
    counted = {name: {"statements": 11.0, "commits": 2.0} for name in NAMES}
    return {
        "date": "2026-11-22",
        "others": 0.0,
        "machine": {"cpu": "A", "cores": 2, "memory_gib": 4, "system": "L", "python": "3"},
        "server": {"version": "18", "wal_sync_method": "fdatasync"},
        "versions": {"django": "5", "celery": "5", "dbos": "3", "procrastinate": "3"},
        "systems": {name: {"title": name, "said": "two processes"} for name in NAMES},
        "throughput": {"three": said, "outside": said, "rounds": []},
        "floor": {1: [1000.0], 2: [2000.0], 8: [4000.0]},
        "counts": {"three": counted, "outside": counted},
        "latency": {"idle": dict.fromkeys(NAMES, wait), "half": wait | {"rate": 150.0}},
        "mail": {way: {"rate": rate, "process_ms": 2.0, "server_ms": 1.0} for way, rate in MAIL},
        "parsing": [{"kind": "text", "size": 10_000, "desk": 3.0, "library": 2.0}],
        "aged": {
            "10000": aged | {"size": "20 MB"},
            "1000000": aged | {"size": "1 GB", "idle": {"p50": 1.6, "p99": 2.0}},
        },
    }


def test_a_goal_that_is_missed_is_called_missed():
    found = goals(measured(dbos=151.0))

    missed = [goal.found for goal in found if not goal.reached]
    assert missed == ["1.99 times", "1.99 times", "1.60 times"]


def test_the_page_and_the_terminal_say_every_goal():
    results = measured()

    assert page(results).count("**missed**") == table(results).count("MISSED") == 1
    assert page(results).count("| reached |") == 8


def test_mail_is_held_against_the_view_with_as_many_connections():
    said = page(measured()).splitlines()

    shares = {line.split(" | ")[0]: line.split(" | ")[2] for line in said if "LMTP to" in line}
    assert shares == {
        "| LMTP to the commit, 1 connection": "0.50",
        "| LMTP to the commit, 4 connections": "0.50",
        "| LMTP to its message on a ticket, 4 connections": "0.05",
        "| LMTP to the coordinated ticket, 4 connections": "0.03",
    }
    assert "| text | 10 kB | 3.00 ms | 2.00 ms | 1.5 |" in said


def test_plots_are_sound_and_show_each_system():
    drawn = pictures(measured())

    assert {ElementTree.fromstring(one).tag.rpartition("}")[2] for one in drawn.values()} == {
        "svg"
    }
    assert all(name in drawn["throughput"] and name in drawn["cpu"] for name in NAMES)


@pytest.mark.parametrize("kind", ["statement", "execute <unnamed>", "execute _pg3_0"])
def test_statements_are_counted_for_one_database(kind):
    log = (
        f"11 engine|LOG:  duration: 0.120 ms  {kind}: UPDATE x\n\tSET y = 1\n"
        f"11 engine|LOG:  duration: 0.010 ms  parse <unnamed>: UPDATE x\n"
        f"12 dbos|LOG:  duration: 0.120 ms  {kind}: SELECT 1\n"
        "13 engine|LOG:  duration: 1.0 ms  statement: SELECT 1 FROM bench_row WHERE id > 3\n"
    )

    assert statements_in(log, "engine") == ["UPDATE x SET y = 1"]
