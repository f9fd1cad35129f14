"""A goal that goes on in a later plan is the same one to its team."""

from __future__ import annotations

import pytest
from sqlalchemy import select

import lti_tool.teams.tasks  # noqa: F401 - registers what follows a goal
from lti_tool.outbox.delivery import deliver_due
from lti_tool.people.models import OpportunityKind
from lti_tool.plans.models import Activity, Goal, PlanTemplate
from lti_tool.plans.operations import install_starter_templates
from lti_tool.teams.models import MemberState, Team, TeamChange, TeamLearning, TeamMember, TeamState
from tests.conftest import make_person
from tests.plans.learning import offer
from tests.teams.declared import make_goal
from tests.teams.test_reforming_pages import look_for
from tests.teams.test_room import four, members  # noqa: F401 - fixtures

pytestmark = pytest.mark.usefixtures("four")


def carry_over(database, visitor, goal_id: int) -> int:
    """End the plan of a goal, go on with it in a new one, and let the worker follow; return the goal as it goes on."""
    with database.transaction() as db:
        goal = db.get_one(Goal, goal_id)
        install_starter_templates(db, goal.owner)
        annual = db.scalars(select(PlanTemplate).filter_by(key="annual")).one().id
        plan_id = goal.plan_id
    visitor.post(f"/plans/{plan_id}/withdraw")
    assert visitor.post(f"/plans/{plan_id}/carry-over", data={"template": str(annual)}).status_code == 303
    deliver_due(database, visitor.client.application.extensions["settings"])
    with database.reading() as db:
        going_on: int = db.scalars(select(Goal.id).where(Goal.carried_from_id == goal_id)).one()
    return going_on


def test_teammates_see_a_goal_that_was_carried_over_once_it_is_shared_anew(database, four, members, staff):  # noqa: F811
    going_on = carry_over(database, members[0], staff.goal_ids[0])

    private = members[1].get(four.room).text
    shared = members[0].post(f"/plans/goals/{going_on}/declare", data={"audience": "team", "next_step": "Wait longer"})
    seen = members[1].get(four.room).text

    assert "This goal is not shared with you." in private
    assert shared.status_code == 303
    assert "This goal is not shared with you." not in seen
    assert "Wait longer" in seen


def test_what_the_team_learns_goes_into_the_goal_as_it_goes_on(database, sample, four, members, staff):  # noqa: F811
    with database.transaction() as db:
        book = offer(db, sample, OpportunityKind.STUDY, "A book", code=None)
        db.add(TeamLearning(team_id=four.team_id, opportunity_id=book.id))

    going_on = carry_over(database, members[0], staff.goal_ids[0])
    taken = members[0].post(f"/teams/{four.team_id}/learning/{book.id}/take")

    assert taken.status_code == 303
    with database.reading() as db:
        assert db.scalars(select(Activity.goal_id).where(Activity.opportunity_id == book.id)).all() == [going_on]


@pytest.fixture
def six(database, sample, four, staff) -> None:  # noqa: F811
    """Let two more into the team of four, which is full by it; a seventh has a like goal."""
    with database.transaction() as db:
        indicator = db.get_one(Goal, staff.goal_ids[0]).indicators[0]
        more = [make_person(db, sample, name) for name in ("Farid Haddad", "Grace Lee", "Hana Sato")]
        goals = [make_goal(db, sample, person, indicator, next_step="Try wait time") for person in more]
        team = db.get_one(Team, four.team_id)
        for person, goal in zip(more[:2], goals, strict=False):
            team.members.append(TeamMember(person_id=person.id, goal_id=goal.id, state=MemberState.ACCEPTED))


def changes(database) -> dict[str, int]:
    """Return to which team the last look would have whom come."""
    with database.reading() as db:
        return {change.person.name: change.team_id for change in db.scalars(select(TeamChange))}


@pytest.mark.usefixtures("six")
@pytest.mark.parametrize("kind", ["joiners", "improve"])
def test_the_seat_of_a_goal_that_goes_on_in_a_later_plan_counts_when_teams_are_formed_anew(
    database, sample, four, members, staff, visit, kind  # noqa: F811
):  # fmt: skip
    designer = visit(sample, staff.designer)
    carry_over(database, members[0], staff.goal_ids[0])

    look_for(designer, kind)
    carried = changes(database)
    with database.reading() as db:
        proposed = select(TeamMember.person_id).join(TeamMember.team).where(Team.state == TeamState.PROPOSED)
        assert four.people[0].id not in set(db.scalars(proposed))
    members[0].post(f"/teams/{four.team_id}/leave")
    look_for(designer, kind)

    assert carried == {}
    assert changes(database) == {"Hana Sato": four.team_id}


@pytest.mark.parametrize("kind", ["joiners", "improve"])
def test_a_goal_that_goes_on_speaks_for_its_seat_again_once_it_is_shared_anew(
    database, sample, four, members, staff, visit, kind  # noqa: F811
):  # fmt: skip
    with database.transaction() as db:
        indicator = db.get_one(Goal, staff.goal_ids[0]).indicators[0]
        make_goal(db, sample, make_person(db, sample, "Hana Sato"), indicator, next_step="Try wait time")
    designer = visit(sample, staff.designer)
    going_on = carry_over(database, members[0], staff.goal_ids[0])

    look_for(designer, kind)
    private = designer.get("/teams/changes").text
    members[0].post(f"/plans/goals/{going_on}/declare", data={"audience": "district", "next_step": "Wait longer"})
    look_for(designer, kind)
    shared = designer.get("/teams/changes").text

    assert "Hana Sato" in private
    assert "All five work on 1c.2." not in private
    assert "All five work on 1c.2." in shared
    with database.reading() as db:
        assert db.scalars(select(TeamChange.person_id).where(TeamChange.leaves_id.is_not(None))).all() == []
