"""What changed since teams were proposed: nothing that holds no more is shown or sent."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lti_tool.people.models import Course, MatchingPause, Person
from lti_tool.plans.models import Audience, DeclarationPolicy, DeclarationRule, Goal, GoalState, PlanState
from lti_tool.teams.models import MemberState, ProposalRun, Team, TeamMember, TeamState
from lti_tool.teams.operations.proposing import keep_proposals
from lti_tool.teams.scopes import Scope
from tests.conftest import make_course, make_person
from tests.teams.conftest import only_team, propose
from tests.teams.declared import make_goal


def meet(db, goal: Goal) -> None:
    goal.state = GoalState.MET


def restrict(db, goal: Goal) -> None:
    goal.plan.is_restricted = True


def end(db, goal: Goal) -> None:
    goal.plan.state = PlanState.CLOSED


def pause(db, goal: Goal) -> None:
    db.add(MatchingPause(person_id=goal.plan.person_id))


def join_another_here(db, goal: Goal) -> None:
    team = Team(district_id=goal.plan.district_id, course_id=goal.activities[0].opportunity_id, name="Amber wren")
    team.state = TeamState.INVITING
    team.members = [TeamMember(person_id=goal.plan.person_id, goal=goal, state=MemberState.ACCEPTED)]
    db.add(team)


def join_two_elsewhere(db, goal: Goal) -> None:
    here = db.get_one(Course, goal.activities[0].opportunity_id)
    for name in ("Jade wren", "Teal wren"):
        course = make_course(db, here.district_id, here.registration_id, here.deployment_id, name)
        team = Team(district_id=here.district_id, course_id=course.id, name=name, state=TeamState.FORMED)
        team.members = [TeamMember(person_id=goal.plan.person_id, goal=goal, state=MemberState.ACCEPTED)]
        db.add(team)


CHANGES = [meet, restrict, end, pause, join_another_here, join_two_elsewhere]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_whoever_cannot_be_invited_any_more_is_neither_shown_nor_sent(database, sample, visit, staff, change):
    designer = visit(sample, staff.designer)
    propose(designer)
    team_id = only_team(database).id
    with database.transaction() as db:
        change(db, db.get_one(Goal, staff.goal_ids[0]))

    page = designer.get("/teams/").text.split("Sent, waiting for answers")[0]
    answer = designer.post(f"/teams/{team_id}/send")

    assert "Ana Ruiz" not in page
    assert "All three work on 1c.2." in page
    assert answer.status_code == 303
    with database.reading() as db:
        sent = db.get_one(Team, team_id)
        assert {member.person_id for member in sent.members} == {person.id for person in staff.educators[1:4]}


def test_nothing_is_proposed_or_sent_once_the_district_lets_no_goals_be_shared(database, sample, visit, staff):
    designer = visit(sample, staff.designer)
    propose(designer)
    team_id = only_team(database).id
    with database.transaction() as db:
        policy = DeclarationPolicy(
            district_id=sample.district.id, rule=DeclarationRule.OFF, minimum=Audience.SCHOOL
        )  # fmt: skip
        db.add(policy)

    page = designer.get("/teams/").text
    answer = designer.post(f"/teams/{team_id}/send")

    assert "Ana Ruiz" not in page
    assert answer.status_code == 409


def test_a_goal_that_is_shared_with_its_own_school_only_by_now_is_not_sent_across_schools(
    database, sample, visit, staff
):
    designer = visit(sample, staff.designer)
    propose(designer)
    with database.transaction() as db:
        goal = db.get_one(Goal, staff.goal_ids[0])
        goal.declaration.show_to(Audience.SCHOOL, goal.owner)

    page = designer.get("/teams/").text
    answer = designer.post(f"/teams/{only_team(database).id}/send")

    assert "shared with its own school only" in page
    assert answer.status_code == 409


def test_what_can_be_sent_is_sent_and_what_cannot_says_why(database, sample, visit, staff):
    designer = visit(sample, staff.designer)
    propose(designer, "school")
    with database.reading() as db:
        first, second = db.scalars(select(Team).order_by(Team.id)).all()
        member_id = first.members[0].id
    designer.post(f"/teams/{first.id}/members/{member_id}/move", data={"target": "out"})

    answer = designer.post("/teams/send")
    page = designer.get(f"/teams/?{answer.headers['Location'].split('?')[1]}").text

    assert answer.status_code == 303
    assert "What can be sent is sent." in page
    assert f'id="team-{first.id}"' in page
    assert "A team needs at least two people." in page
    with database.reading() as db:
        states = {team.id: team.state for team in db.scalars(select(Team))}
    assert states == {first.id: TeamState.PROPOSED, second.id: TeamState.INVITING}


def test_a_message_that_comes_again_changes_nothing(database, sample, visit, staff):
    designer = visit(sample, staff.designer)
    propose(designer)
    team = only_team(database)
    designer.post(f"/teams/{team.id}/members/{team.members[0].id}/move", data={"target": "out"})
    with database.transaction() as db:
        message_id = db.scalars(select(ProposalRun.message_id)).one()
        scope = Scope.of_course(db.get_one(Course, sample.course.id))
        found = [[(person.id, goal_id) for person, goal_id in zip(staff.educators[:4], staff.goal_ids, strict=False)]]

        keep_proposals(db, db.get_one(Person, staff.designer.id), scope, found, message_id=message_id)

    assert only_team(database).id == team.id
    assert len(only_team(database).members) == 3


def test_paused_people_are_in_no_proposal_and_no_list_of_like_goals(database, sample, visit, staff):
    with database.transaction() as db:
        db.add(MatchingPause(person_id=staff.educators[0].id))
        indicator = db.get_one(Goal, staff.goal_ids[0]).indicators[0]
        mia = make_person(db, sample, "Mia Lund")
        make_goal(db, sample, mia, indicator)
    designer = visit(sample, staff.designer)

    propose(designer)
    page = designer.get("/teams/").text
    likes = visit(sample, mia).get("/teams/").text

    assert "Ben Okafor" in page
    assert "Ben Okafor" in likes
    assert "Ana Ruiz" not in page
    assert "Ana Ruiz" not in likes


def test_nobody_asks_a_paused_colleague_to_team_up(database, sample, visit, staff):
    with database.transaction() as db:
        db.add(MatchingPause(person_id=staff.educators[1].id))
    goals = {"goal_id": staff.goal_ids[0], "colleague_goal_id": staff.goal_ids[1]}

    assert visit(sample, staff.educators[0]).post("/teams/start", data=goals).status_code == 404
