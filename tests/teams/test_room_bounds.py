"""What a room refuses to be told, and what it never leaves out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lti_tool.db import utc_now
from lti_tool.launch.models import LaunchSession
from lti_tool.plans.models import Audience, DeclarationPolicy, DeclarationRule, Goal
from lti_tool.teams.models import Team, TeamMember, TeamSession
from tests.teams.test_room import agree, begun, four, ledger, meet, members  # noqa: F401 - fixtures

FULL = 20


def plan_at(visitor, four, starts_at, hours="1.5"):  # noqa: F811
    return visitor.post(f"{four.room}/sessions", data={"starts_at": starts_at, "hours": hours})


def share_nothing(database, sample) -> None:
    with database.transaction() as db:
        off = DeclarationRule.OFF
        db.add(DeclarationPolicy(district_id=sample.district.id, rule=off, minimum=Audience.SCHOOL))


def test_where_goals_are_not_shared_a_room_shows_the_own_goal_alone(database, sample, four, members):  # noqa: F811
    own, other = "My own exit notes", "Exit notes of Ben"
    with database.transaction() as db:
        for person, headline in zip(four.people, (own, other), strict=False):
            db.get_one(Goal, db.query(TeamMember).filter_by(person_id=person.id).one().goal_id).headline = headline
    pages = [four.room, f"/teams/{four.team_id}"]
    assert all(other in members[0].get(page).text for page in pages)

    share_nothing(database, sample)

    for page in pages:
        shown = members[0].get(page).text
        assert other not in shown
        assert own in shown


@pytest.mark.parametrize("starts_at", ["9999-12-31T23:59", "0001-01-01T00:00", "2015-01-01T08:00"])
def test_b1_a_session_in_a_mistyped_year_is_refused_where_it_was_typed(
    starts_at, database, four, members  # noqa: F811
):  # fmt: skip
    agree(members[0], four)
    with database.transaction() as db:
        db.query(LaunchSession).filter_by(person_id=four.people[1].id).update({"time_zone": "Pacific/Auckland"})

    answer = plan_at(members[0], four, starts_at)

    assert answer.status_code == 422
    assert "Choose a day in the last year or in the next two." in answer.text
    assert members[1].get(four.room).status_code == 200


def test_b1_no_session_was_before_the_team(database, four, members):  # noqa: F811
    agree(members[0], four)

    answer = plan_at(members[0], four, (utc_now() - timedelta(days=3)).strftime("%Y-%m-%dT08:00"), "12")

    assert answer.status_code == 422
    assert "Choose a time after the team was formed." in answer.text
    with database.reading() as db:
        assert db.query(TeamSession).count() == 0


def test_b1_whoever_joined_after_a_session_has_no_hours_of_it(database, four, members):  # noqa: F811
    agree(members[0], four)
    meet(members[0], four)
    session_id = begun(database)
    late = four.people[3].id
    with database.transaction() as db:
        db.query(TeamMember).filter_by(person_id=late).one().accepted_at = utc_now()

    answer = members[0].post(f"{four.room}/sessions/{session_id}/attendance", data={"present": [late]})

    assert answer.status_code == 422
    assert ledger(database) == {}
    with database.reading() as db:
        late_place = db.query(TeamMember).filter_by(person_id=late).one().id
    assert f"present-{session_id}-{late_place}" not in members[0].get(four.room).text


def test_b3_no_open_question_falls_out_of_the_room_however_many_there_are(four, members):  # noqa: F811
    for number in range(FULL + 2):
        members[0].post(f"{four.room}/help", data={"words": f"Question number {number}."})

    page = members[1].get(four.room).text
    assert "Question number 0." in page
    assert f"Question number {FULL + 1}." in page


def test_a_team_that_was_formed_long_ago_may_note_a_session_that_it_forgot(database, four, members):  # noqa: F811
    agree(members[0], four)
    with database.transaction() as db:
        db.get_one(Team, four.team_id).formed_at = utc_now() - timedelta(days=30)

    answer = plan_at(members[0], four, (utc_now() - timedelta(days=3)).strftime("%Y-%m-%dT08:00"))

    assert answer.status_code == 303
