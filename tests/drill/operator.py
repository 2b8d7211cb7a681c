"""The operator of the drill: lets every dead letter go on, by the API, after looking outside."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx2
import psycopg

from tests.drill.facts import grouped
from tests.drill.journal import entries
from tests.drill.servers import Stack
from tests.drill.watch import connect

OPEN = ("started", "in_doubt")
REPLY = "SELECT message_id_header FROM tickets_message WHERE id = %s"


@dataclass
class Parked:
    """What lay before the operator, and what became of it."""

    states: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    decided: Counter[str] = field(default_factory=Counter)


class Operator:
    """Reads and decides through the API, with a key; looks at the mail server's journal."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        key = {"Authorization": f"Bearer {stack.told['key']}"}
        self.http = httpx2.Client(base_url=f"{stack.url}/api/v1", headers=key, timeout=30)

    def release_all(self) -> Parked:
        """Let each dead letter go on: again, or as done where the mail server has the mail."""
        parked = Parked()
        taken = grouped(
            (e for e in entries(self.stack.journal) if e["kind"] == "taken"), "message_id"
        )
        with connect(self.stack.straight) as line:
            for run in self.parked_runs():
                whole = self.http.get(f"/runs/{run['id']}/").raise_for_status().json()
                decision = self.decision(whole, taken, line)
                parked.states[run["state"]] += 1
                parked.causes[f"{run['state']}: {run['flow']}, {run['error_code']}"] += 1
                parked.decided[decision] += 1
                why = {"why": "The drill looked outside."}
                self.http.post(f"/runs/{run['id']}/{decision}/", json=why).raise_for_status()
        return parked

    def parked_runs(self) -> list[dict[str, Any]]:
        """Every dead letter that the API lists."""
        found, path = [], "/runs/?state=dead&state=in_doubt&page_size=100"
        while path:
            page = self.http.get(path).raise_for_status().json()
            found += page["results"]
            path = (page["next"] or "").partition("/api/v1")[2]
        return found

    def decision(self, run: dict[str, Any], taken: Any, line: psycopg.Connection) -> str:
        """What a careful person would decide about a run."""
        mails = [s for s in run["steps"] if s["destination"].startswith("smtp")]
        if any(step["state"] in OPEN for step in mails):
            row = line.execute(REPLY, [run["input"]["message_id"]]).fetchone()
            if row and taken.get(row[0]):
                return "was-done"
        return "again"
