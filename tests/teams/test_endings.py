"""The end of a team is told to whoever was in it, without blame and without a name."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import update

from lti_tool.db import utc_now
from lti_tool.teams.models import Team, TeamEnding
from tests.teams.conftest import only_team, propose_and_send
from tests.teams.test_room import four, members  # noqa: F401 - fixtures

ENDED = "The team Amber Heron has ended"


def end(visitor, team_id: int):
    return visitor.post(f"/teams/{team_id}/remove")


def test_each_member_reads_on_home_that_the_team_has_ended_and_nobody_reads_who_ended_it(
    sample, four, members, staff, visit  # noqa: F811
):  # fmt: skip
    before = members[0].get("/").text

    end(visit(sample, staff.designer), four.team_id)

    homes = [each.get("/").text for each in members]
    assert ENDED not in before
    assert all(ENDED in home for home in homes)
    assert all("Goals, hours and completions stay as they are." in home for home in homes)
    assert not any(staff.designer.name in home for home in homes)
    assert not any("You are in no team yet" in home for home in homes)


def test_what_remains_is_one_step_away(sample, four, members, staff, visit):  # noqa: F811
    end(visit(sample, staff.designer), four.team_id)

    home, data = members[0].get("/").text, members[0].get("/my-data")

    assert 'my-data#teams">What I keep of it' in home
    assert "Amber Heron" in data.text
    assert (
        json.loads(members[0].get("/my-data/like-goals.json").data)["here"]["ended_teams"][0]["name"] == "Amber Heron"
    )


def test_whoever_is_left_alone_by_a_teammate_is_told_and_whoever_left_is_not(four, members):  # noqa: F811
    for leaving in members[:3]:
        leaving.post(f"/teams/{four.team_id}/leave")

    assert [ENDED in each.get("/").text for each in members] == [False, False, False, True]


def test_whoever_had_joined_a_team_that_a_designer_ends_before_it_was_formed_is_told(database, sample, staff, visit):
    propose_and_send(visit, sample, staff)
    team = only_team(database)
    joined, invited = visit(sample, staff.educators[0]), visit(sample, staff.educators[1])
    joined.post(f"/teams/{team.id}/accept")

    end(visit(sample, staff.designer), team.id)

    told = f"The team {team.name} has ended"
    assert [told in each.get("/").text for each in (joined, invited)] == [True, False]


def test_a_no_is_told_to_nobody_as_the_end_of_a_team(database, sample, staff, visit):
    ana, ben = visit(sample, staff.educators[0]), visit(sample, staff.educators[1])
    ana.post("/teams/start", data={"goal_id": staff.goal_ids[0], "colleague_goal_id": staff.goal_ids[1]})

    ben.post(f"/teams/{only_team(database).id}/decline")

    with database.reading() as db:
        assert db.query(TeamEnding).count() == 0
    assert "has ended" not in ana.get("/").text


def test_the_end_is_told_for_a_month(database, sample, four, members, staff, visit):  # noqa: F811
    end(visit(sample, staff.designer), four.team_id)
    with database.transaction() as db:
        db.execute(update(TeamEnding).values(ended_at=utc_now() - timedelta(days=32)))

    assert ENDED not in members[0].get("/").text


@pytest.mark.usefixtures("members")
def test_ending_an_ended_team_again_tells_nothing_anew(database, sample, four, staff, visit):  # noqa: F811
    designer = visit(sample, staff.designer)
    end(designer, four.team_id)
    with database.reading() as db:
        first = db.get_one(Team, four.team_id).ended_at

    end(designer, four.team_id)

    with database.reading() as db:
        assert db.get_one(Team, four.team_id).ended_at == first is not None
        assert db.query(TeamEnding).count() == len(four.people)
