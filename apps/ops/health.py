"""What the probes find out: database, migrations, broker, coordinator, work."""

from datetime import timedelta
from functools import cache

import redis
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import F
from django.db.models.functions import Now

from apps.coordination.hints import valkey
from apps.coordination.models import Heartbeat
from apps.ops.lateness import STALLED, oldest_due
from apps.ops.mailing import mail as asked_about_mail

OK = "ok"
SILENCE = timedelta(seconds=10)
Report = dict[str, str]


class NotMigrated(Exception):
    """The tables are those of another release."""


def vitality() -> Report:
    """This process answers; whether timers are kept and work moves, as the database tells."""
    return {"process": OK, "coordinator": coordinator(), "work": work()}


def readiness() -> Report:
    """Every part that work needs."""
    return {"database": database(), "migrations": migrations(), "broker": broker(), "mail": mail()}


def coordinator() -> str:
    """Whether one swept lately. What cannot be known is no reason to restart this process."""
    try:
        beats = Heartbeat.objects.filter(kind="coordinator").annotate(silence=Now() - F("at"))
        silences = list(beats.order_by("silence").values_list("silence", flat=True)[:1])
    except DatabaseError:
        return f"{OK}, as far as is known: the database does not answer"
    if not silences:
        return f"{OK}, none has started yet"
    seconds = round(silences[0].total_seconds())
    return OK if silences[0] <= SILENCE else f"silent for {seconds} s"


def work() -> str:
    """Whether what could go on does."""
    try:
        seconds = oldest_due()
    except DatabaseError:
        return f"{OK}, as far as is known: the database does not answer"
    return OK if seconds <= STALLED else f"stands still: a run has been due for {seconds:.0f} s"


def mail() -> str:
    """Whether mailboxes are read. Where they are not, nobody is helped by shutting this door."""
    try:
        found = asked_about_mail()
    except DatabaseError:
        return f"{OK}, as far as is known: the database does not answer"
    failing = len({one.mailbox for one in found.folders if one.problem})
    if found.folders and (found.collector is None or found.collector > SILENCE.total_seconds()):
        return f"{OK} here, but no collector runs: mail waits in its mailboxes"
    if failing:
        return f"{OK} here, but mailboxes fail ({failing}): manage.py doctor says why"
    return OK


def database() -> str:
    """Whether PostgreSQL answers a question."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "does not answer"
    return OK


def migrations() -> str:
    """Whether the tables are those of this release."""
    try:
        all_applied()
    except NotMigrated as error:
        return f"{error} to apply: run manage.py migrate"
    except DatabaseError:
        return "unknown: the database does not answer"
    return OK


@cache
def all_applied() -> None:
    """Raise NotMigrated. Once they were applied that is not asked again in this process."""
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise NotMigrated(len(missing))


def broker() -> str:
    """Whether Valkey answers. Without it work goes on, only later: the coordinator sweeps."""
    try:
        valkey().ping()
    except redis.RedisError:
        return "does not answer"
    return OK
