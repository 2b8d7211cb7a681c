"""The broker may be away at any time: nobody who commits waits for it, workers come back to it."""

import subprocess
import sys
import time
from contextlib import ExitStack

import pytest
from celery import current_app
from kombu import Connection, Queue

from apps.coordination.events import publish
from apps.coordination.models import Run
from apps.ops import servers
from tests.make.parcels import done, each_step_happened_once
from tests.make.processes import (
    COORDINATOR,
    ROOT,
    WORKER,
    environment,
    kill,
    running,
    wait_until,
)
from tests.make.proxy import MuteLine
from tests.make.stories import ParcelPosted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.stack]

POST = """
import django; django.setup()
import time
from apps.coordination.events import publish
from tests.make.stories import ParcelPosted
began = time.monotonic()
for number in range(20):
    publish(ParcelPosted(to=f"street {number}"))
print(time.monotonic() - began)
"""


@pytest.fixture
def broker(tmp_path):
    """A Valkey of this test's own, to be stopped and started."""
    server = servers.Valkey(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def lines(broker):
    """A line to the broker for each who goes through one of his own."""
    with ExitStack() as stack:
        yield [stack.enter_context(MuteLine("127.0.0.1", broker.port)) for _ in range(3)]


def by(line, broker):
    """The broker's address for who goes through a line."""
    return broker.url(0).replace(f":{broker.port}/", f":{line.port}/")


def post_from_elsewhere(url):
    """Post twenty parcels from a process of their own; the seconds that it took to commit them."""
    said = subprocess.run(
        [sys.executable, "-c", POST],
        cwd=ROOT,
        env=environment() | {"REDIS_URL": url},
        capture_output=True,
        check=True,
    )
    return float(said.stdout)


def test_nobody_who_commits_waits_for_a_broker_that_is_away(broker):
    broker.stop()

    waited = post_from_elsewhere(broker.url(0))

    assert Run.objects.filter(state="ready").count() == 20
    assert waited < 5


def test_workers_come_back_to_a_broker_that_lost_everything(broker, monkeypatch):
    with running(COORDINATOR, WORKER, REDIS_URL=broker.url(0)):
        publish(ParcelPosted(to="before"))
        wait_until(lambda: done() == 1)
        broker.stop()
        for number in range(10):
            publish(ParcelPosted(to=f"during {number}"))
        monkeypatch.setattr(servers, "free_port", lambda: broker.port)
        broker.start()
        wait_until(lambda: done() == 11, seconds=60)


def test_i2_a_line_to_the_broker_that_goes_mute_ends_nobody_and_delays_work_by_seconds(
    broker, lines
):
    one, two, three = [by(line, broker) for line in lines]
    with (
        running(COORDINATOR, REDIS_URL=one) as (coordinator,),
        running(WORKER, REDIS_URL=two) as (worker,),
    ):
        post_from_elsewhere(three)
        wait_until(lambda: done() == 20)
        for line in lines:
            line.mute()
        waited = post_from_elsewhere(three)
        wait_until(lambda: all(line.called_in_vain for line in lines))
        meanwhile = done()
        for line in lines:
            line.speak()
        back = time.monotonic()
        wait_until(lambda: done() == 40)
        back = time.monotonic() - back
        ended = coordinator.poll(), worker.poll()

    assert waited < 15
    assert (meanwhile, ended) == (20, (None, None))
    assert back < 30
    each_step_happened_once(40)


def test_a_lost_broker_ends_no_worker_that_holds_a_wake_up(broker):
    options = current_app.conf.broker_transport_options
    line = Connection(broker.url(0), transport_options=options)
    queue, control, held = Queue("celery"), Queue("control"), []
    line.Consumer(queue, callbacks=[lambda *taken: held.append(taken)]).consume()
    line.Consumer(control, channel=line.channel()).consume()
    line.Producer().publish("wake up", routing_key="celery", declare=[queue])
    line.drain_events(timeout=5)
    with pytest.raises(TimeoutError):
        line.drain_events(timeout=0.1)
    kill(broker.process)

    # A worker that loses its broker does both, in this order.
    line.collect()
    line.close()

    assert len(held) == 1
