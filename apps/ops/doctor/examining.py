"""The whole examination: first whether there is a database to ask, then everything else."""

from dataclasses import dataclass

from django.db import connection

from apps.coordination.services.safety import UnsafeDatabase, refuse_unsafe_database
from apps.core.errors import NotFound
from apps.core.text import many
from apps.ops.doctor.asking import THESE, facts, runs
from apps.ops.doctor.explaining import why
from apps.ops.doctor.rules import findings
from apps.ops.doctor.saying import sentence
from apps.ops.doctor.types import Facts, Finding
from apps.ops.health import NotMigrated, all_applied
from apps.ops.stack.preflight import DatabaseSilent, need_database


@dataclass(frozen=True, kw_only=True)
class Examined:
    """What was found; without facts when there was nobody to ask."""

    findings: list[Finding]
    facts: Facts | None = None

    @property
    def urgent(self) -> list[Finding]:
        """What needs a person."""
        return [finding for finding in self.findings if finding.urgent]


def examine() -> Examined:
    """Find out what is not well. Raises DatabaseError when the database goes away meanwhile."""
    try:
        need_database(connection.settings_dict)
        all_applied()
    except DatabaseSilent as error:
        cure = "Start PostgreSQL, or correct DATABASE_URL."
        return Examined(findings=[Finding(name="database_away", wrong=str(error), cure=cure)])
    except NotMigrated as error:
        waits = many(int(str(error)), "migration is", "migrations are")
        wrong = f"The tables are those of another release: {waits} to apply."
        cure = "Run `manage.py migrate`."
        return Examined(findings=[Finding(name="not_migrated", wrong=wrong, cure=cure)])
    found = facts()
    return Examined(findings=[*unsafe(), *findings(found)], facts=found)


def unsafe() -> list[Finding]:
    """Whether the database may lose what it acknowledged."""
    try:
        refuse_unsafe_database()
    except UnsafeDatabase as error:
        cure = str(error.facts["cure"])
        wrong = str(error).removesuffix(cure).strip()
        return [Finding(name="unsafe_database", wrong=wrong, cure=cure)]
    return []


def explained(run_id: int) -> str:
    """Why one run is not running, in a sentence. Raises NotFound."""
    for run in runs(THESE, ids=[run_id]):
        return sentence(f"{run} {why(run)}")
    raise NotFound(thing="run", key=run_id)
