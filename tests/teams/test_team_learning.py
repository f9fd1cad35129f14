"""What a team learns from together: chosen by any member, taken into the own goal by each alone."""

from __future__ import annotations

import pytest

from lti_tool.people.models import Opportunity, OpportunityKind
from lti_tool.plans.models import Activity, Goal
from lti_tool.standards.models import Alignment, Indicator, Strength
from lti_tool.teams.models import TeamLearning
from tests.teams.test_room import four, members  # noqa: F401 - fixtures


@pytest.fixture
def study(database, sample):
    """A book study that serves what the goals of the team work on."""
    with database.transaction() as db:
        study = Opportunity(district_id=sample.district.id, kind=OpportunityKind.STUDY, title="Questions that open")
        indicator = db.query(Indicator).filter_by(path="1/1c/1c.2").one()
        db.add(study)
        db.flush()
        db.add(Alignment(opportunity_id=study.id, indicator_id=indicator.id, strength=Strength.DEVELOPS))
        return study


def counted(database, goal_id) -> set[int]:
    with database.reading() as db:
        return {each.opportunity_id for each in db.query(Activity).filter_by(goal_id=goal_id)}


def test_what_one_member_chooses_each_can_take_into_the_own_goal(database, four, members, staff, study):  # noqa: F811
    found = members[0].get(f"/teams/{four.team_id}/learning").text
    assert found.index("It serves our goals") < found.index(study.title)

    members[0].post(f"/teams/{four.team_id}/learning/{study.id}/choose")
    again = members[1].post(f"/teams/{four.team_id}/learning/{study.id}/choose")
    taken = members[1].post(f"/teams/{four.team_id}/learning/{study.id}/take")

    assert (again.status_code, taken.status_code) == (303, 303)
    assert study.id in counted(database, staff.goal_ids[1])
    assert study.id not in counted(database, staff.goal_ids[0])
    room = members[0].get(four.room).text
    assert room.index(study.title) < room.index("Two or more of us learn from this already")
    assert "Taken up by Ben Okafor" in room


def test_what_two_take_up_is_suggested_until_it_is_chosen(database, sample, four, members):  # noqa: F811
    assert "Two or more of us learn from this already" in members[0].get(four.room).text

    members[0].post(f"/teams/{four.team_id}/learning/{sample.course.id}/choose")
    assert "Two or more of us" not in members[0].get(four.room).text

    members[1].post(f"/teams/{four.team_id}/learning/{sample.course.id}/drop")
    assert "Two or more of us" in members[0].get(four.room).text
    with database.reading() as db:
        assert db.query(TeamLearning).count() == 0


def test_nobody_else_chooses_for_a_team_and_a_met_goal_takes_nothing_more(
    database, sample, four, members, staff, visit, study  # noqa: F811
):  # fmt: skip
    outsider = visit(sample, staff.educators[4])
    assert outsider.get(f"/teams/{four.team_id}/learning").status_code == 404
    assert outsider.post(f"/teams/{four.team_id}/learning/{study.id}/choose").status_code == 404
    with database.transaction() as db:
        db.get_one(Goal, staff.goal_ids[0]).state = "met"

    assert members[0].post(f"/teams/{four.team_id}/learning/{study.id}/take").status_code == 409


def test_learning_from_outside_is_asked_about_on_its_own_page_first(database, four, members, study):  # noqa: F811
    with database.transaction() as db:
        db.get_one(Opportunity, study.id).provider = "A publisher"

    answer = members[0].post(f"/teams/{four.team_id}/learning/{study.id}/take")

    assert answer.location.endswith(f"/plans/learning/{study.id}")
