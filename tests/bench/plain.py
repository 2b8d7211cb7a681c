"""The measured work as three plain Celery tasks with late acks, each of which sends the next."""

from celery import shared_task

from tests.bench.stories import insert

late = {"acks_late": True, "reject_on_worker_lost": True, "ignore_result": True}


@shared_task(name="plain.one", **late)
def one(kind: str, flow: int) -> None:
    insert(flow=flow, step=1)
    two.delay(kind, flow)


@shared_task(name="plain.two", **late)
def two(kind: str, flow: int) -> None:
    if kind == "three":
        insert(flow=flow, step=2)
    three.delay(flow)


@shared_task(name="plain.three", **late)
def three(flow: int) -> None:
    insert(flow=flow, step=3)
