"""What the tests of grades share."""

from __future__ import annotations

import pytest

from lti_tool.launch.models import LinkKind, ResourceLink
from lti_tool.people.models import Person, Role
from lti_tool.plans.models import Goal, GoalState
from tests.conftest import make_person
from tests.teams.declared import make_goal, make_identity, make_indicators


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
