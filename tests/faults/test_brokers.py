"""Workers as operators run them: Celery's own, alone with a folder, three with a broker, and one that goes away."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.faults.installation import Installation, Worker, eventually

pytestmark = [pytest.mark.processes, pytest.mark.timeout(180)]
RABBITMQ = os.environ.get("TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//")
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/12")

DEFAULT_PORTS = {"redis": 6379, "amqp": 5672}


class Proxy:
    """Stands before a broker and can be taken away with all that is connected through it."""

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        self._login = "".join(self._parts.netloc.rpartition("@")[:2])
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._port = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self.start(self._listener)

    @property
    def url(self) -> str:
        return urlunsplit(self._parts._replace(netloc=f"{self._login}127.0.0.1:{self._port}"))

    def start(self, listener: socket.socket | None = None) -> None:
        self._listener = listener or socket.create_server(("127.0.0.1", self._port))
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for each in self._open:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)  # closing alone would not tell who is connected
        self._open.clear()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _address = listener.accept()
                far = socket.create_connection(
                    (self._parts.hostname or "", self._parts.port or DEFAULT_PORTS[self._parts.scheme])
                )
            except OSError:
                return
            self._open += [near, far]
            for ends in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=ends, daemon=True).start()

    @staticmethod
    def _pass_on(source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass
        finally:
            for each in (source, target):
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
            source.close()


def celery(installation: Installation, broker: str, *more: str, number: int = 1) -> Worker:
    return installation.start_worker(
        "celery", "-A", "lti_tool.jobs", "worker", "-n", f"worker{number}@faults", *more, BROKER_URL=broker
    )


BROKERS = [
    pytest.param((REDIS, 6379), id="redis", marks=pytest.mark.redis),
    pytest.param((RABBITMQ, 5672), id="rabbitmq"),
]


@pytest.fixture(params=BROKERS)
def broker_url(request) -> str:
    url, port = request.param
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "", parts.port or port), 1).close()
    except OSError:
        pytest.skip(f"no {request.node.callspec.id} answers")
    return str(url)


def test_the_embedded_worker_alone_brings_everything_to_its_end(install, count):
    installation = install(learners=30)
    worker = celery(installation, "filesystem://")

    assert eventually(installation.all_confirmed, 90), installation.states()

    assert worker.stop() == 0
    assert count(installation).once == 30


def test_three_workers_with_a_broker_bring_everything_to_its_end_once(install, broker_url, count):
    installation = install(learners=60)
    installation.held.seconds = 0.05
    workers = [celery(installation, broker_url, number=number) for number in range(3)]

    assert eventually(installation.all_confirmed, 120), installation.states()

    assert [worker.stop() for worker in workers] == [0, 0, 0]
    assert count(installation).once == 60


def test_a_broker_that_goes_away_and_comes_back_loses_nothing(install, broker_url, count):
    installation = install(learners=10, queued=False)
    proxy = Proxy(broker_url)
    schedule = str(installation.settings.instance_dir / "schedule")
    celery(installation, proxy.url, "--beat", "--schedule", schedule)
    installation.queue(1)
    assert eventually(lambda: installation.states()["confirmed"] == 1, 60), "the worker did not come up"

    proxy.stop()
    installation.queue()  # the call to look now is lost
    proxy.start()

    assert eventually(installation.all_confirmed, 90), installation.states()
    assert count(installation).once == 10
