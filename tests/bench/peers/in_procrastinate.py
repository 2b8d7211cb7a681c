"""The measured work as three procrastinate jobs, each of which defers the next."""

import asyncio
import os
import sys
import time

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector

from tests.bench.talking import answer

URL = os.environ["DATABASE_URL"]
JOBS = int(os.environ["BENCH_THREADS"])
INSERT = "INSERT INTO bench_row (flow, step) VALUES (%(flow)s, %(step)s)"

connector = PsycopgConnector(conninfo=URL, min_size=JOBS + 2, max_size=JOBS + 2)
app = App(connector=connector)


async def insert(flow: int, step: int) -> None:
    """One row in a commit of its own."""
    await connector.execute_query_async(INSERT, flow=flow, step=step)


@app.task(name="one")
async def one(kind: str, flow: int) -> None:
    await insert(flow, 1)
    await two.defer_async(kind=kind, flow=flow)


@app.task(name="two")
async def two(kind: str, flow: int) -> None:
    if kind == "three":
        await insert(flow, 2)
    await three.defer_async(flow=flow)


@app.task(name="three")
async def three(flow: int) -> None:
    await insert(flow, 3)


async def work() -> None:
    """One process of workers, woken by LISTEN."""
    async with app.open_async():
        await app.run_worker_async(concurrency=JOBS, delete_jobs="never")


def feeder() -> None:
    """Defer the first job of each flow, fifty in one commit."""

    def feed(*, kind: str, first: int, count: int) -> int:
        for start in range(first, first + count, 50):
            numbers = range(start, min(start + 50, first + count))
            one.batch_defer(*({"kind": kind, "flow": number} for number in numbers))
        return count

    def start(*, kind: str, flow: int) -> float:
        one.defer(kind=kind, flow=flow)
        return time.time()

    with app.replace_connector(SyncPsycopgConnector(conninfo=URL)), app.open():
        answer(feed=feed, one=start)


def prepare() -> None:
    """Make procrastinate's tables."""
    with app.with_connector(SyncPsycopgConnector(conninfo=URL)).open() as sync:
        sync.schema_manager.apply_schema()


if __name__ == "__main__":
    if sys.argv[1] == "feed":
        feeder()
    elif sys.argv[1] == "prepare":
        prepare()
    else:
        asyncio.run(work())
