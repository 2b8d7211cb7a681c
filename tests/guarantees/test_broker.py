"""The broker may be away at any time: nobody who commits waits for it, workers come back to it."""

import subprocess
import sys

import pytest
from celery import current_app
from kombu import Connection, Queue

from apps.coordination.events import publish
from apps.coordination.models import Run
from apps.ops import servers
from tests.make.processes import (
    COORDINATOR,
    ROOT,
    WORKER,
    environment,
    kill,
    running,
    wait_until,
)
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


def done():
    return Run.objects.filter(state="done").count()


def test_nobody_who_commits_waits_for_a_broker_that_is_away(broker):
    settings = environment() | {"REDIS_URL": broker.url(0)}
    broker.stop()

    said = subprocess.run(
        [sys.executable, "-c", POST], cwd=ROOT, env=settings, capture_output=True, check=True
    )

    assert Run.objects.filter(state="ready").count() == 20
    assert float(said.stdout) < 5


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
