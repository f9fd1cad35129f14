"""A goal that goes on in a later plan is the same one to its team."""

from __future__ import annotations

import pytest
from sqlalchemy import select

import lti_tool.teams.tasks  # noqa: F401 - registers what follows a goal
from lti_tool.outbox.delivery import deliver_due
from lti_tool.people.models import OpportunityKind
from lti_tool.plans.models import Activity, Goal, PlanTemplate
from lti_tool.plans.operations import install_starter_templates
from lti_tool.teams.models import TeamLearning
from tests.plans.learning import offer
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
