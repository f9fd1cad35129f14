"""kill -9 before there is a score to deliver: while completions are read, goals are met and a column is made."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_tool.grades.models import Completion, Score
from lti_tool.plans.models import TryIt
from practice_lms.state import Flavour
from tests.faults.installation import Installation, Worker
from tests.faults.taking_up import find_column, finish_all, have_column_made, meet_all, take_up

pytestmark = pytest.mark.processes
LEARNERS = 4
COMPLETIONS = {Flavour.MOODLE: ("/server.php", "POST"), Flavour.CANVAS: ("/bulk_user_progress", "GET")}
COLUMNS = {Flavour.MOODLE: ("/lineitems", "POST"), Flavour.CANVAS: ("/line_items", "POST")}
AT_LMS = {
    "asked, and the LMS died too": (False, True),
    "asked, and the LMS did it later": (False, False),
    "done by the LMS, not answered": (True, False),
}
IN_DATABASE = {"being written down": "STAND_BEFORE", "written down, not settled": "STAND_AFTER"}
EVERYWHERE = [*AT_LMS, *IN_DATABASE]


def kill_at(installation: Installation, step: str, at_lms: tuple[str, str], statement: str) -> None:
    """Start a worker and kill it when it came to this step."""
    if step in AT_LMS:
        is_after, is_dropped = AT_LMS[step]
        gate = installation.held.gate(*at_lms, is_after=is_after)
        worker = installation.start_worker()
        assert gate.arrived.wait(30), "the worker did not come to this step"
        worker.kill()
        installation.held.gates.clear()
        gate.open(drop=is_dropped)
    else:
        kill_at_statement(installation, step, statement)


def kill_at_statement(installation: Installation, step: str, statement: str) -> None:
    worker: Worker = installation.start_worker(many=False, **{IN_DATABASE[step]: statement})
    assert worker.stands_still(), "the worker did not come to this step"
    worker.kill()


def go_on(installation: Installation) -> None:
    """Let the leases of the dead worker end, and another one do what is left."""
    for _two_minutes in range(3):
        installation.pass_time(timedelta(minutes=2))
        installation.deliver()
    assert installation.open_messages() == 0


def noticed(installation: Installation) -> Counter[int]:
    """Return how many completions and open try-its each person has: two, when each was kept once."""
    with installation.database.reading() as db:
        people = list(db.scalars(select(Completion.person_id).where(Completion.held_at.is_(None))))
        return Counter(people + [attempt.goal.plan.person_id for attempt in db.scalars(select(TryIt))])


def scores_of_each(installation: Installation) -> list[int]:
    with installation.database.reading() as db:
        return list(Counter(db.scalars(select(Score.person_id))).values())


@pytest.mark.parametrize("step", EVERYWHERE)
def test_a_worker_killed_when_completions_are(step, install, count):
    installation = install(LEARNERS, owed=False)
    take_up(installation)
    finish_all(installation)

    kill_at(installation, step, COMPLETIONS[installation.held.lms.flavour], "INSERT INTO completion ")
    go_on(installation)

    assert sorted(noticed(installation).values()) == [2] * LEARNERS
    meet_all(installation)
    go_on(installation)
    assert scores_of_each(installation) == [1] * LEARNERS
    assert count(installation).once == LEARNERS


@pytest.mark.parametrize("step", IN_DATABASE)
def test_a_worker_killed_when_the_score_of_a_met_goal_is(step, install, count):
    installation = install(LEARNERS, owed=False)
    take_up(installation)
    finish_all(installation)
    installation.deliver()
    meet_all(installation)

    kill_at_statement(installation, step, "INSERT INTO score ")
    go_on(installation)

    assert scores_of_each(installation) == [1] * LEARNERS
    assert count(installation).once == LEARNERS


@pytest.mark.parametrize("step", EVERYWHERE)
def test_a_worker_killed_when_a_gradebook_column_is(step, install, count):
    installation = install(LEARNERS, owed=False)
    take_up(installation, with_column=False)
    finish_all(installation)
    installation.deliver()
    meet_all(installation)
    installation.deliver()
    have_column_made(installation)

    kill_at(installation, step, COLUMNS[installation.held.lms.flavour], "UPDATE resource_link ")
    go_on(installation)

    find_column(installation)
    assert scores_of_each(installation) == [1] * LEARNERS
    assert count(installation).once == LEARNERS
