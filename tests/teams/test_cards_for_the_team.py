"""A card for the team alone is seen wherever a teammate looks, and by nobody else."""

from __future__ import annotations

import pytest

from lti_tool.db import utc_now
from lti_tool.plans.models import Audience, Company
from lti_tool.plans.queries import goals_of
from lti_tool.teams.models import MemberState, Team, TeamMember, TeamState
from tests.conftest import make_person
from tests.plans.conftest import ana, indicator, write_goal  # noqa: F401 - Ana is a fixture
from tests.plans.writing import CHANGE, WHY, Writer

CARD = "Ask before telling"


@pytest.fixture
def mates(database, sample, ana):  # noqa: F811
    """Tim, in a team with Ana, who shows a card to the team; and Bo, at the same school, in none."""
    with database.transaction() as db:
        tim, bo = make_person(db, sample, "Tim Mate"), make_person(db, sample, "Bo Lind")
        goal = write_goal(db, tim, CARD, audience=Audience.TEAM, offer="Come on Fridays")
        write_goal(db, bo, "Bo's own", "T2.2a")
        team = Team(district_id=sample.district.id, course_id=sample.course.id, name="Amber Wren")
        team.state, team.formed_at = TeamState.FORMED, utc_now()
        team.members = [
            TeamMember(person_id=tim.id, state=MemberState.ACCEPTED, goal_id=goal.id),
            TeamMember(person_id=ana.person.id, state=MemberState.ACCEPTED, goal_id=ana.goal_id),
        ]
        db.add(team)
    return tim, bo, goal.id


@pytest.mark.parametrize("page", ["/plans/board", "/plans/goals/{goal}", "/plans/goals/{goal}/learning"])
def test_a_teammate_sees_it_where_colleagues_goals_are_shown(sample, ana, mates, visit, page):  # noqa: F811
    assert CARD in visit(sample, ana.person).get(page.format(goal=ana.goal_id)).text


def test_whoever_is_in_another_team_or_none_does_not(database, sample, mates, visit):
    _, bo, _ = mates
    with database.reading() as db:
        (own,) = goals_of(db, bo)

    visitor = visit(sample, bo)

    for page in ("/plans/board", f"/plans/goals/{own.id}", f"/plans/goals/{own.id}/learning"):
        assert CARD not in visitor.get(page).text


def writing(visitor, indicator_id: int) -> Writer:
    writer = Writer(visitor).open("/plans/goals/new").send(**WHY)
    return writer.send(indicator_ids=[str(indicator_id)]).send(**CHANGE)


def test_a_teammate_who_writes_a_like_goal_is_told_and_can_join(database, sample, ana, mates, visit):  # noqa: F811
    with database.reading() as db:
        indicator_id = indicator(db, "T2.2a").id
    writer = writing(visit(sample, ana.person), indicator_id)
    assert "1 colleague has a like goal" in writer.page
    assert CARD in writer.page

    writer.send(f"join:{mates[2]}")
    writer.send("save", with_whom="Tim Mate")

    with database.reading() as db:
        written = next(each for each in goals_of(db, ana.person) if each.id != ana.goal_id)
        assert (written.company, written.joined_goal_id) == (Company.JOINED, mates[2])


def test_nobody_else_can_join_it(database, sample, mates, visit):
    with database.reading() as db:
        indicator_id = indicator(db, "T2.2a").id
    writer = writing(visit(sample, mates[1]), indicator_id)
    assert CARD not in writer.page

    assert "notice=card_gone" in writer.visitor.post(writer.path, data={"do": f"join:{mates[2]}"}).location
