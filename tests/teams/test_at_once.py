"""Two people answer in the same moment: each answer counts, and no name is given twice."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.people.models import Person
from lti_tool.teams.models import MemberState, Team, TeamMember, TeamState
from lti_tool.teams.operations.joining import accept_team, start_team
from tests.conftest import make_person
from tests.teams.declared import make_goal, make_indicators

HEAD_START = 0.3


@pytest.fixture
def at_once(database):
    """Return `at_once(first, second)`: the second begins while what the first did is not committed yet."""

    def run(first: Callable[[Session], object], second: Callable[[Session], object]) -> None:
        def follow() -> None:
            with database.transaction() as db:
                second(db)

        follower = threading.Thread(target=follow)
        with database.transaction() as db:
            first(db)
            follower.start()
            follower.join(HEAD_START)
        follower.join(10)
        assert not follower.is_alive()

    return run


@pytest.fixture
def people(database, sample) -> list[tuple[Person, int]]:
    """Return four people with like goals, each with the id of the goal."""
    with database.transaction() as db:
        (questions,) = make_indicators(db, sample, "1/1c/1c.2")
        made = [make_person(db, sample, name) for name in ("Ana Ruiz", "Ben Okafor", "Chloe Martin", "Dinesh Rao")]
        return [(person, make_goal(db, sample, person, questions).id) for person in made]


def test_a_team_is_formed_when_its_last_two_accept_at_once(database, sample, people, at_once):
    with database.transaction() as db:
        team = Team(district_id=sample.district.id, course_id=sample.course.id, name="Amber wren")
        team.state = TeamState.INVITING
        team.members = [TeamMember(person_id=person.id, goal_id=goal_id) for person, goal_id in people]
        team.members[0].state = MemberState.ACCEPTED
        db.add(team)
    _, (ben, _), (chloe, _), _ = people

    at_once(
        lambda db: (accept_team(db, db.get_one(Person, ben.id), team.id), db.flush()),
        lambda db: accept_team(db, db.get_one(Person, chloe.id), team.id),
    )

    with database.reading() as db:
        assert db.get_one(Team, team.id).state is TeamState.FORMED


def test_two_teams_that_begin_at_once_get_names_of_their_own(database, people, at_once):
    (ana, anas), (_, bens), (chloe, chloes), (_, dineshs) = people

    at_once(
        lambda db: start_team(db, db.get_one(Person, ana.id), anas, bens),
        lambda db: start_team(db, db.get_one(Person, chloe.id), chloes, dineshs),
    )

    with database.reading() as db:
        assert len(set(db.scalars(select(Team.name)))) == 2
