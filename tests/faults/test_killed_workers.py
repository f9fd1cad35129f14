"""kill -9 at every step of a delivery: what a worker was at, another one brings to its end, once."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import create_engine, text

from practice_lms.state import Flavour
from tests.faults.installation import Installation, eventually

pytestmark = pytest.mark.processes


def finish_with_another_worker(installation: Installation) -> None:
    """Let the leases of the dead worker end, and another one do what is left."""
    for _two_minutes in range(3):
        installation.pass_time(timedelta(minutes=2))
        installation.deliver()
    assert installation.all_confirmed(), installation.states()


STEPS = {
    "claimed": ("token", "POST", False, False),
    "sent, and the LMS died too": ("/scores", "POST", False, True),
    "sent, and the LMS took it later": ("/scores", "POST", False, False),
    "taken by the LMS, not answered": ("/scores", "POST", True, False),
    "settled, being read back": ("/results", "GET", False, False),
    "read back, not answered": ("/results", "GET", True, False),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_killed_when_a_score_is(step, install, count):
    installation = install()
    ending, method, is_after, drop = STEPS[step]
    ending = installation.held.token_url.rpartition("/")[2] if ending == "token" else ending
    gate = installation.held.gate(ending, method, is_after=is_after)
    worker = installation.start_worker()
    assert gate.arrived.wait(30), "the worker did not come to this step"

    worker.kill()
    installation.held.gates.clear()
    gate.open(drop=drop)
    finish_with_another_worker(installation)

    assert count(installation).once == 5


def hold_database(installation: Installation):
    """Return a connection in whose transaction nobody else can settle a message."""
    engine = create_engine(installation.settings.database_url)
    connection = engine.connect()
    if engine.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(text("SELECT id FROM outbox_message FOR UPDATE"))
    return engine, connection


@pytest.mark.parametrize(("ending", "method"), [("/scores", "POST"), ("/results", "GET")])
def test_a_worker_killed_between_the_answer_and_writing_it_down(ending, method, install, count):
    installation = install()
    gate = installation.held.gate(ending, method, is_after=True)
    worker = installation.start_worker()
    assert gate.arrived.wait(30), "the worker did not come to this step"

    engine, connection = hold_database(installation)
    installation.held.gates.clear()
    gate.open()  # now the worker has the answer, and cannot write it down
    time.sleep(0.3)
    worker.kill()
    connection.rollback()
    connection.close()
    engine.dispose()
    finish_with_another_worker(installation)

    assert count(installation).once == 5


def test_a_worker_that_is_asked_to_stop_finishes_what_it_is_at_and_takes_nothing_new(install, count):
    installation = install(learners=40)
    gate = installation.held.gate("/scores", is_after=True)
    worker = installation.start_worker()
    assert gate.arrived.wait(30)

    worker.process.terminate()
    time.sleep(1)  # the signal has to reach it before the LMS answers
    installation.held.gates.clear()
    gate.open()
    status = worker.stop()

    sent = sum(installation.held.writes(number) for number in installation.held.learners.values())
    assert status == 0
    assert 0 < sent <= installation.settings.lms_at_once, "what stood ready was given back"
    assert installation.states()["sent"] == sent, "what was sent was written down"
    installation.deliver()  # no lease has to end: nothing was held any more
    assert installation.all_confirmed(), installation.states()
    assert count(installation).once == 40


def test_workers_killed_again_and_again(install, count):
    installation = install(learners=60)
    installation.held.seconds = 0.2  # for each score, so that no worker gets to the end
    for _life in range(3):
        worker = installation.start_worker()
        wanted = installation.held.posts + 4
        assert eventually(partial(installation.held.has_had, wanted))
        worker.kill()
        assert eventually(installation.held.is_idle), "an LMS carries out within a lease what a dead worker asked of it"
        installation.pass_time(timedelta(minutes=2))
    installation.held.seconds = 0.0
    finish_with_another_worker(installation)

    assert count(installation).once == 60


def test_a_moodle_that_carries_out_what_a_dead_worker_sent_after_another_one_has_looked(install, count):
    installation = install(learners=1, flavour=Flavour.MOODLE)
    held = installation.held
    sent = held.gate("/scores")
    worker = installation.start_worker()
    assert sent.arrived.wait(30)
    worker.kill()
    held.gates.remove(sent)
    installation.pass_time(timedelta(minutes=2))

    sent_again = held.gate("/scores")
    with ThreadPoolExecutor(1) as other_worker:
        delivery = other_worker.submit(installation.deliver)
        assert sent_again.arrived.wait(30), "the other worker found the score, or gave up"
        held.gates.clear()
        sent.open()
        assert eventually(lambda: held.writes(101) == 1)
        sent_again.open()
        delivery.result()

    assert installation.all_confirmed(), installation.states()
    assert count(installation).once == 1
