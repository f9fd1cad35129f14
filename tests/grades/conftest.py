"""What the tests of grades share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

import lti_tool.grades.tasks  # registers what a worker can deliver
import lti_tool.launch.tasks  # noqa: F401 - the same, whatever other tests this process runs
from lti_tool import jobs
from lti_tool.db import Database
from lti_tool.grades.models import Completion
from lti_tool.grades.operations import asking, completions
from lti_tool.launch.models import LinkKind, ResourceLink
from lti_tool.lms.rest import CompletionRead, PersonCompletion
from lti_tool.outbox.delivery import deliver_due
from lti_tool.people.models import Course, Person, Role
from lti_tool.plans.models import Goal, GoalState
from tests.conftest import Visitor, make_person
from tests.teams.declared import make_goal, make_identity, make_indicators

MARKED = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
DONE = datetime(2026, 11, 3, 10, 2, tzinfo=UTC)
Tell = Callable[..., None]


def kept(database: Database) -> list[Completion]:
    with database.reading() as db:
        return list(db.scalars(select(Completion).order_by(Completion.id)))


def deliver(visitor: Visitor) -> None:
    """Let the worker do what is due in this visitor's app."""
    extensions = visitor.client.application.extensions
    deliver_due(extensions["database"], extensions["settings"])


@pytest.fixture
def tell(app, database, sample) -> Tell:
    """Return `tell({lms user id: completed})`: what a read of the sample course found."""
    with database.transaction() as db:
        course = db.get_one(Course, sample.course.id)
        course.professional_learning_at, course.completions_read_at = MARKED, MARKED

    def told(said: dict[str, bool], at: datetime = DONE, **more) -> None:
        people = tuple(PersonCompletion(user, done, at if done else None) for user, done in said.items())
        with database.transaction() as db:
            plan = asking.plan_read(db, [sample.course.id], app.extensions["settings"], database)
            assert plan is not None
            completions.record_read(db, plan.courses[0], CompletionRead(people, **more))

    return told


@pytest.fixture
def crowd(database, sample) -> list[str]:
    with database.transaction() as db:
        people = [make_person(db, sample, f"Person {number}") for number in range(9)]
        return [make_identity(db, sample, person, str(100 + person.id)).lms_user_id for person in people]


@pytest.fixture
def worker(app) -> Iterator[None]:
    """Let tasks work on the app's database."""
    jobs.configure(app.extensions["settings"])
    jobs.worker_resources.cache_clear()
    yield
    jobs.worker_resources()[0].engine.dispose()
    jobs.worker_resources.cache_clear()


@pytest.fixture
def learner(database, sample) -> Person:
    with database.transaction() as db:
        person = make_person(db, sample, "Ana Ruiz")
        make_identity(db, sample, person, "7")
        return person


@pytest.fixture
def administrator(database, sample) -> Person:
    with database.transaction() as db:
        return make_person(db, sample, "Omar Said", Role.ADMINISTRATOR, learner=False)


@pytest.fixture
def goal(database, sample, learner) -> Goal:
    with database.transaction() as db:
        (indicator,) = make_indicators(db, sample, "1/1c/1c.2")
        return make_goal(db, sample, db.merge(learner), indicator)


@pytest.fixture
def add_link(database, sample):
    def add(line_item_url: str = "http://lms.test/items/1", kind: LinkKind = LinkKind.CHECKPOINT) -> ResourceLink:
        with database.transaction() as db:
            number = db.query(ResourceLink).count() + 1
            link = ResourceLink(
                course_id=sample.course.id, resource_link_id=f"link-{number}", kind=kind, line_item_url=line_item_url
            )
            db.add(link)
            return link

    return add


@pytest.fixture
def meet(database):
    """Return `meet(goal)`: what plans do when a goal is met, but for the message."""

    def meet_goal(goal: Goal, met_at) -> None:
        with database.transaction() as db:
            kept = db.get_one(Goal, goal.id)
            kept.state, kept.met_at, kept.results_statement = GoalState.MET, met_at, "It worked."

    return meet_goal
