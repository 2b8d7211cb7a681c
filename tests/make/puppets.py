"""Threads that work in the database on strings: each stops before every statement and commit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum, auto
from threading import Condition, Thread
from typing import Any

from django.db import connection
from psycopg.pq import TransactionStatus

from tests.make.processes import wait_until
from tests.make.stories import Crash

PATIENCE = 60
GLANCE = 0.005
TECHNICAL = ("SAVEPOINT", "RELEASE", "ROLLBACK")


class At(Enum):
    REST = auto()
    STOP = auto()
    WORK = auto()


class Puppet:
    """A thread with a connection of its own, moved by its strings.

    ``begin`` an act, then ``step`` through it, or let it ``go``. Whoever pulls the strings is
    told when the puppet stops, is at rest, or waits for a lock that somebody else holds. One that
    ``holds_locks`` stops inside of transactions, too; another only between them.
    """

    def __init__(self, *, holds_locks: bool = True) -> None:
        self.holds_locks, self.crash = holds_locks, False
        self.at, self.where, self.free = At.REST, "", False
        self.act: Callable[[], Any] | None = None
        self.result: Any = None
        self.error: BaseException | None = None
        self.pid = 0
        self.over = False
        self.changed = Condition()
        self.thread = Thread(target=self.live, daemon=True)
        self.thread.start()

    # What the one who pulls the strings does.

    def begin(self, act: Callable[[], Any], *, free: bool = False) -> "Puppet":
        """Start an act, up to its first stop; one that is free has none."""
        with self.changed:
            self.result = self.error = None
            self.crash = False
            self.act, self.free, self.at = act, free, At.WORK
            self.changed.notify_all()
        return self.settle()

    def step(self) -> "Puppet":
        """Do what it stands before, up to the next stop."""
        assert self.at is At.STOP
        self.let_go()
        return self.settle()

    def go(self) -> "Puppet":
        """Go on to the end, or until it waits for a lock."""
        self.free = True
        if self.at is At.STOP:
            self.let_go()
        return self.settle()

    def die(self) -> "Puppet":
        """End where it stands, as a process does that is killed."""
        self.crash = True
        return self.go()

    def let_go(self) -> None:
        with self.changed:
            self.at = At.WORK
            self.changed.notify_all()

    def settle(self) -> "Puppet":
        """Come back when it has stopped, is at rest, or waits for a lock."""
        wait_until(lambda: self.has_stopped() or self.waits_for_a_lock(), seconds=PATIENCE)
        return self

    def has_stopped(self) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: self.at is not At.WORK, GLANCE)

    def waits_for_a_lock(self) -> bool:
        sql = "SELECT cardinality(pg_blocking_pids(%s)) > 0"
        return bool(self.pid and asked(sql, self.pid)) and self.at is At.WORK

    def cut(self) -> None:
        """Let the database end its connection, as it does with one that idles in a transaction."""
        pid = self.pid
        asked("SELECT pg_terminate_backend(%s)", pid)
        wait_until(lambda: not asked("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", pid))

    def done(self) -> Any:
        """What the act returned. Raises what it raised."""
        assert self.at is At.REST
        if self.error is not None:
            raise self.error
        return self.result

    # What the puppet does.

    def live(self) -> None:
        commit = connection._commit
        connection._commit = lambda: self.before("COMMIT", commit)
        connection.execute_wrappers.append(self.watch)
        try:
            while act := self.next_act():
                self.play(act)
        finally:
            connection.close()

    def next_act(self) -> Callable[[], Any] | None:
        with self.changed:
            self.changed.wait_for(lambda: self.act is not None or self.over)
            act, self.act = self.act, None
            return act

    def play(self, act: Callable[[], Any]) -> None:
        connection.ensure_connection()
        self.pid = connection.connection.info.backend_pid
        try:
            self.result = act()
        except BaseException as error:  # noqa: BLE001 - handed to the one who asked
            self.error = error
        if connection.connection is not None and not connection.is_usable():
            connection.close()
        with self.changed:
            self.at = At.REST
            self.changed.notify_all()

    def watch(self, execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        return self.before(sql, lambda: execute(sql, params, many, context))

    def before(self, what: str, go_on: Callable[[], Any]) -> Any:
        if not self.free and not what.startswith(TECHNICAL) and self.may_stop():
            with self.changed:
                self.at, self.where = At.STOP, " ".join(what.split())
                self.changed.notify_all()
                self.changed.wait_for(lambda: self.at is At.WORK, PATIENCE)
            if self.crash:
                raise Crash
        return go_on()

    def may_stop(self) -> bool:
        idle = connection.connection.info.transaction_status is TransactionStatus.IDLE
        return self.holds_locks or idle


def asked(sql: str, pid: int) -> Any:
    """What the database says of one of its processes."""
    with connection.cursor() as cursor:
        cursor.execute(sql, [pid])
        (value,) = cursor.fetchone() or (None,)
    return value


def finish(*company: Puppet) -> None:
    """Let them all go on to their ends, in whatever order their locks allow."""
    for puppet in company:
        puppet.go()
    wait_until(lambda: all(puppet.at is At.REST for puppet in company), seconds=PATIENCE)


@contextmanager
def puppets(count: int = 2, *, holds_locks: bool = True) -> Iterator[list[Puppet]]:
    """Some puppets for the length of a test."""
    company = [Puppet(holds_locks=holds_locks) for _ in range(count)]
    try:
        yield company
    finally:
        for puppet in company:
            puppet.go()
            with puppet.changed:
                puppet.over = True
                puppet.changed.notify_all()
            puppet.thread.join(PATIENCE)
