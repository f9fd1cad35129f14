"""Two people answer in the same moment: each answer counts, and no name is given twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.errors import ConflictError
from lti_tool.people.models import Person
from lti_tool.teams.models import MemberState, Team, TeamMember, TeamState
from lti_tool.teams.operations.joining import accept_team, start_team
from tests.conftest import make_course, make_person
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


def test_whoever_answers_two_invitations_at_once_is_never_in_three_teams(database, sample, people, at_once):
    (ana, goal_id), (ben, bens), *_ = people
    with database.transaction() as db:
        teams = []
        for name, answer in (("Amber wren", MemberState.ACCEPTED), ("Jade heron", None), ("Teal swift", None)):
            course = make_course(db, sample.district.id, sample.registration.id, sample.deployment.id, name)
            team = Team(district_id=sample.district.id, course_id=course.id, name=name, state=TeamState.FORMED)
            mine = TeamMember(person_id=ana.id, goal_id=goal_id, state=answer or MemberState.INVITED)
            team.members = [mine, TeamMember(person_id=ben.id, goal_id=bens, state=MemberState.ACCEPTED)]
            db.add(team)
            teams.append(team)
    refused: list[ConflictError] = []

    def accept(team: Team, db: Session) -> None:
        try:
            accept_team(db, db.get_one(Person, ana.id), team.id)
            db.flush()
        except ConflictError as error:
            refused.append(error)

    at_once(partial(accept, teams[1]), partial(accept, teams[2]))

    with database.reading() as db:
        joined = select(TeamMember).where(TeamMember.person_id == ana.id, TeamMember.state == MemberState.ACCEPTED)
        assert {member.team_id for member in db.scalars(joined)} == {teams[0].id, teams[1].id}
    assert [error.message for error in refused] == [
        "You are in two teams already, and two are the most that anybody can be in. Leave one of them first."
    ]


def test_two_who_change_places_at_once_both_end_in_the_others_team(database, sample, people, at_once):
    (ana, anas), (ben, bens), (chloe, chloes), (dinesh, dineshs) = people
    with database.transaction() as db:
        first, second = (
            Team(district_id=sample.district.id, name=name, scope="district") for name in ("Amber", "Jade")
        )
        for team, pairs in ((first, ((ana, anas), (ben, bens))), (second, ((chloe, chloes), (dinesh, dineshs)))):
            team.state = TeamState.FORMED
            team.members = [
                TeamMember(person_id=person.id, goal_id=goal_id, state=MemberState.ACCEPTED)
                for person, goal_id in pairs
            ]
            db.add(team)
        db.flush()
        second.members.append(TeamMember(person_id=ana.id, goal_id=anas, leaves_id=first.id))
        first.members.append(TeamMember(person_id=chloe.id, goal_id=chloes, leaves_id=second.id))

    at_once(
        lambda db: (accept_team(db, db.get_one(Person, ana.id), second.id), db.flush()),
        lambda db: accept_team(db, db.get_one(Person, chloe.id), first.id),
    )

    with database.reading() as db:
        teams = {team.id: {each.person_id for each in team.accepted} for team in db.scalars(select(Team))}
    assert teams == {first.id: {ben.id, chloe.id}, second.id: {dinesh.id, ana.id}}
