"""Pulling the plug at a commit: the process dies there, or its line to the database is cut."""

import os
import socket
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from enum import StrEnum
from typing import Any

from django.db import Error, OperationalError, connection

from tests.make.clock import CLOCK
from tests.make.processes import wait_until

GONE, FAILED = 9, 70


class Way(StrEnum):
    DIES_BEFORE = "dies before"
    DIES_AFTER = "dies after"
    CUT_BEFORE = "is cut before"
    CUT_AFTER = "is cut after"


DEATHS, CUTS = (Way.DIES_BEFORE, Way.DIES_AFTER), (Way.CUT_BEFORE, Way.CUT_AFTER)


class Plug:
    """Counts what commits on this connection, and is pulled at one of them."""

    def __init__(self, number: int, way: Way) -> None:
        self.number, self.way, self.met = number, way, 0

    @property
    def pulled(self) -> bool:
        return self.met >= self.number

    def put_in(self) -> None:
        """Watch the commits of transactions, and the writes that are their own."""
        really = connection._commit
        connection._commit = lambda: self.at(really)
        connection.execute_wrappers.append(self.watch)

    def watch(self, execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        alone = not connection.in_atomic_block and not sql.lstrip().upper().startswith("SELECT")
        go = lambda: execute(sql, params, many, context)
        return self.at(go) if alone else go()

    def at(self, commit: Callable[[], Any]) -> Any:
        self.met += 1
        if self.met != self.number:
            return commit()
        if self.way is Way.DIES_BEFORE:
            os._exit(GONE)
        if self.way is Way.CUT_BEFORE:
            cut()
        result = commit()
        if self.way is Way.DIES_AFTER:
            os._exit(GONE)
        cut()
        raise OperationalError("The line went dead; nobody heard how it ended.", result)


def cut() -> None:
    """Break the connection to the database, as a network does."""
    with socket.socket(fileno=os.dup(connection.connection.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)


def dies(act: Callable[[], None], plug: Plug) -> bool:
    """Act in a process of its own until the plug is pulled; False when it never came to that."""
    there = others()
    connection.close()
    child = os.fork()
    if not child:
        live(act, plug)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, GONE), "The child failed in another way; its traceback is above."
    wait_until(lambda: others() <= there)
    return code == GONE


def live(act: Callable[[], None], plug: Plug) -> None:
    """What the child does. It never comes back."""
    code = FAILED
    try:
        plug.put_in()
        with suppress(*([Error] if plug.way in CUTS else [])):
            act()
        code = GONE if plug.pulled else 0
    except BaseException:  # noqa: BLE001 - told, and then gone
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def others() -> set[int]:
    """Who else is connected: a dead child is, until PostgreSQL has undone what it began."""
    sql = """
        SELECT pid FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()
           AND backend_type = 'client backend' AND application_name <> %s"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [CLOCK])
        return {pid for (pid,) in cursor.fetchall()}


def every_pull(*ways: Way) -> Iterator[Plug]:
    """Plugs for each commit and each way. The caller stops when one was not pulled."""
    for number in range(1, 1000):
        yield from (Plug(number, way) for way in ways)
