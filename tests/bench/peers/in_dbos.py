"""The measured work as DBOS workflows from a queue, each database step in its transaction."""

import os
import sys
import threading
import time

from dbos import DBOS, DBOSClient, SQLAlchemyDatasource
from sqlalchemy import create_engine, text

from tests.bench.talking import answer

URL = os.environ["DATABASE_URL"]
THREADS = int(os.environ["BENCH_THREADS"])
POLL = float(os.environ["BENCH_POLL"])
QUEUE = "bench"
INSERT = text("INSERT INTO bench_row (flow, step) VALUES (:flow, :step)")


def work(name: str) -> None:
    """One process of workers: its steps commit with their memo, at READ COMMITTED."""
    DBOS(
        config={
            "name": "bench",
            "system_database_url": URL,
            "executor_id": name,
            "application_version": "1",
            "log_level": "ERROR",
            "sys_db_pool_size": THREADS + 4,
            "max_executor_threads": THREADS + 8,
        }
    )
    data = SQLAlchemyDatasource.create(URL, engine_kwargs={"pool_size": THREADS})

    @data.transaction(isolation_level="READ COMMITTED")
    def insert(flow: int, step: int) -> None:
        data.sql_session().execute(INSERT, {"flow": flow, "step": step})

    @DBOS.step()
    def ask(flow: int) -> int:
        return flow

    @DBOS.workflow(name="three")
    def three(flow: int) -> None:
        for step in (1, 2, 3):
            insert(flow, step)

    @DBOS.workflow(name="outside")
    def around(flow: int) -> None:
        insert(flow, 1)
        ask(flow)
        insert(flow, 3)

    DBOS.launch()
    DBOS.register_queue(QUEUE, worker_concurrency=THREADS, polling_interval_sec=POLL)
    if name != "prepare":
        threading.Event().wait()
    DBOS.destroy()


def feeder() -> None:
    """Enqueue workflows, fifty in one commit."""
    engine = create_engine(URL.replace("postgresql://", "postgresql+psycopg://"))
    client = DBOSClient(system_database_url=URL, application_name="bench")

    def options(kind: str) -> dict[str, str]:
        return {"workflow_name": kind, "queue_name": QUEUE, "app_version": "1"}

    def feed(*, kind: str, first: int, count: int) -> int:
        for start in range(first, first + count, 50):
            with engine.begin() as commit:
                for number in range(start, min(start + 50, first + count)):
                    client.enqueue_in_transaction(commit, options(kind), number)
        return count

    def one(*, kind: str, flow: int) -> float:
        client.enqueue(options(kind), flow)
        return time.time()

    answer(feed=feed, one=one)


if __name__ == "__main__":
    feeder() if sys.argv[1] == "feed" else work(sys.argv[1])
