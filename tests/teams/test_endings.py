"""The end of a team is told to whoever was in it, without blame and without a name."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from lti_tool.db import utc_now
from lti_tool.teams.models import Team, TeamEnding
from tests.teams.conftest import let_two_weeks_pass, only_team, propose, propose_and_send
from tests.teams.test_room import four, members  # noqa: F401 - fixtures

ENDED = "The team Amber Heron has ended"


def end(visitor, team_id: int):
    return visitor.post(f"/teams/{team_id}/remove")


def ask(database, staff, visitor, place: int) -> Team:
    """Have somebody with the first goal ask the owner of another one to team up."""
    goals = {"goal_id": staff.goal_ids[0], "colleague_goal_id": staff.goal_ids[place]}
    visitor.post("/teams/start", data=goals)
    return only_team(database)


def notices(visitor) -> list[str]:
    """Return in words what somebody's home says of teams that they are not in any more."""
    found = re.findall(r'<p class="notice">(.*?)</p>', visitor.get("/").text, flags=re.DOTALL)
    return [re.sub(r"<[^>]*>", "", each).strip() for each in found]


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


def test_whoever_waited_in_a_team_until_its_time_was_over_is_told(database, sample, staff, visit):
    propose_and_send(visit, sample, staff)
    team, ana = only_team(database), visit(sample, staff.educators[0])
    ana.post(f"/teams/{team.id}/accept")
    let_two_weeks_pass(database)

    propose(visit(sample, staff.designer))

    assert f"The team {team.name} has ended before it was formed" in ana.get("/").text
    assert f"The team {team.name}" not in visit(sample, staff.educators[1]).get("/").text


@pytest.mark.parametrize("how", ["no", "taken back"])
def test_whose_team_is_gone_before_it_was_formed_reads_that_alone_and_what_to_do_next(
    database, sample, staff, visit, how
):
    ana, ben = visit(sample, staff.educators[0]), visit(sample, staff.educators[1])
    team = ask(database, staff, ana, 1)

    if how == "no":
        ben.post(f"/teams/{team.id}/decline")
    else:
        ana.post(f"/teams/{team.id}/members/{team.members[1].id}/take-back")

    told, *others = notices(ana)
    assert re.sub(r"\s+", " ", told) == (
        f"The team {team.name} has ended before it was formed. You are free for another one. Ask a colleague"
    )
    assert others == []
    assert notices(ben) == []


def test_of_several_teams_that_never_came_to_be_the_last_is_told_alone(database, sample, staff, visit):
    ana, names = visit(sample, staff.educators[0]), []
    for place in (1, 2):
        team = ask(database, staff, ana, place)
        names.append(team.name)
        visit(sample, staff.educators[place]).post(f"/teams/{team.id}/decline")

    (told,) = notices(ana)

    assert names[1] in told


def test_whom_a_designer_takes_out_is_told_and_nobody_reads_who_did_it(
    sample, four, members, staff, visit  # noqa: F811
):  # fmt: skip
    visit(sample, staff.designer).post(f"/teams/{four.team_id}/people/{four.people[3].id}/out")

    (told,) = notices(members[3])
    assert "You are not in the team Amber Heron any more" in told
    assert "Goals, hours and completions stay as they are." in told
    assert "is deleted on" not in told
    assert staff.designer.name not in members[3].get("/").text
    assert "You are in no team now." in members[3].get("/").text
    assert "you are not in it any more" in members[3].get("/my-data").text
    assert [notices(each) for each in members[:3]] == [[], [], []]


def test_whom_a_designer_takes_out_before_the_team_is_formed_is_told_if_they_had_joined(database, sample, staff, visit):
    propose_and_send(visit, sample, staff)
    team, designer = only_team(database), visit(sample, staff.designer)
    joined, invited = (visit(sample, each) for each in staff.educators[:2])
    joined.post(f"/teams/{team.id}/accept")

    for person in staff.educators[:2]:
        designer.post(f"/teams/{team.id}/people/{person.id}/out")

    assert [f"You are not in the team {team.name} any more" in str(notices(each)) for each in (joined, invited)] == [
        True, False
    ]  # fmt: skip


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
