"""A session that is ahead is told where members look, and somebody always prepares it."""

from __future__ import annotations

from datetime import timedelta

from lti_tool.db import utc_now
from lti_tool.people.models import Supervision
from lti_tool.teams.models import TeamSession
from tests.teams.test_room import agree, begun, four, meet, members  # noqa: F401 - fixtures


def test_s14_home_and_the_page_of_the_team_say_when_it_meets_next(database, four, members):  # noqa: F811
    agree(members[0], four)
    assert "Amber Heron meets" not in members[1].get("/?as=educator").text

    meet(members[0], four)

    assert members[1].get("/?as=educator").text.count("Amber Heron meets") == 1
    assert "You meet next:" in members[1].get(f"/teams/{four.team_id}").text
    begun(database)
    assert "Amber Heron meets" not in members[1].get("/?as=educator").text
    assert "You meet next:" not in members[1].get(f"/teams/{four.team_id}").text


def test_of_two_sessions_at_one_time_one_is_told(four, members):  # noqa: F811
    agree(members[0], four)
    meet(members[0], four, "First")
    meet(members[0], four, "Second")

    assert members[1].get("/?as=educator").text.count("Amber Heron meets") == 1


def test_in_the_room_the_next_session_comes_first_and_the_last_one_before_those_that_are_longer_ago(
    database, four, members  # noqa: F811
):  # fmt: skip
    days = {"In a week": 7, "Tomorrow": 1, "Yesterday": -1, "A week ago": -7}
    with database.transaction() as db:
        db.add_all(
            TeamSession(team_id=four.team_id, starts_at=utc_now() + timedelta(days=away), hours=1, topic=topic)
            for topic, away in days.items()
        )

    room = members[0].get(four.room).text

    assert sorted(days, key=room.index) == ["Tomorrow", "In a week", "Yesterday", "A week ago"]


def test_no_session_is_told_to_whoever_reviews_a_teammate_by_now(database, four, members):  # noqa: F811
    agree(members[0], four)
    meet(members[0], four)
    with database.transaction() as db:
        db.add(Supervision(supervisor_id=four.people[1].id, person_id=four.people[0].id))

    assert "Amber Heron meets" not in members[1].get("/?as=educator").text


def test_b1_the_turn_of_whoever_leaves_passes_to_a_teammate(database, four, members):  # noqa: F811
    agree(members[0], four)
    meet(members[0], four)
    with database.reading() as db:
        turn = db.query(TeamSession).one().facilitator_id
    place = next(place for place, person in enumerate(four.people) if person.id == turn)

    members[place].post(f"/teams/{four.team_id}/leave")

    with database.reading() as db:
        taken_on_by = db.query(TeamSession).one().facilitator_id
    assert taken_on_by in {person.id for person in four.people} - {turn}
