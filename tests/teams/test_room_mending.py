"""What members of a room can take back, and what nobody is left alone with."""

from __future__ import annotations

from datetime import UTC, datetime

from lti_tool.launch.models import LaunchSession
from lti_tool.outbox.models import OutboxMessage
from lti_tool.plans.models import LedgerEntry
from lti_tool.teams.models import CheckIn, HelpRequest, Team, TeamSession
from tests.teams.test_commitments import confirm, say
from tests.teams.test_room import agree, begun, four, meet, members  # noqa: F401 - fixtures


def test_b1_a_session_that_was_planned_in_the_past_by_mistake_can_be_taken_back(database, four, members):  # noqa: F811
    agree(members[0], four)
    meet(members[0], four)
    address = f"{four.room}/sessions/{begun(database)}"
    assert "Take this session back" in members[0].get(four.room).text

    members[0].post(f"{address}/attendance", data={"present": [four.people[0].id]})
    assert "Take this session back" not in members[0].get(four.room).text

    members[0].post(f"{address}/attendance", data={"shown": [four.people[0].id]})
    members[0].post(f"{address}/drop")
    with database.reading() as db:
        assert db.query(TeamSession).count() == 0


def test_b3_whoever_wants_help_says_what_would_help(database, four, members):  # noqa: F811
    answer = members[0].post(f"{four.room}/check-in", data={"state": "want_help", "words": " "})

    assert answer.status_code == 422
    assert "Say what would help you" in answer.text
    with database.reading() as db:
        assert db.query(CheckIn).count() == 0


def test_b1_hours_of_a_session_are_dated_by_the_day_that_the_room_shows(database, four, members):  # noqa: F811
    agree(members[0], four)
    meet(members[0], four)
    session_id = begun(database)
    with database.transaction() as db:
        db.query(LaunchSession).update({"time_zone": "America/Los_Angeles"})
        db.get_one(TeamSession, session_id).starts_at = datetime(2026, 7, 1, 1, tzinfo=UTC)

    members[0].post(f"{four.room}/sessions/{session_id}/attendance", data={"present": [four.people[0].id]})

    with database.reading() as db:
        assert db.query(LedgerEntry).one().earned_on.isoformat() == "2026-06-30"


def test_b3_the_open_question_of_whoever_leaves_is_closed_and_stays_to_be_read(database, four, members):  # noqa: F811
    members[0].post(f"{four.room}/help", data={"words": "Who has exit notes?"})
    members[1].post(f"{four.room}/help", data={"words": "Who has rubrics?"})

    members[0].post(f"/teams/{four.team_id}/leave")

    with database.reading() as db:
        assert [each.is_open for each in db.query(HelpRequest).order_by(HelpRequest.id)] == [False, True]


def test_b5_a_kept_cycle_is_told_once_the_team_has_a_course(database, four, members, sample, staff, visit):  # noqa: F811
    with database.transaction() as db:
        db.get_one(Team, four.team_id).course_id = None
    for place in range(4):
        say(members[place], four, "carried", "One more class")
        confirm(database, members[(place + 1) % 4], four, four.people[place])

    visit(sample, staff.designer).post(f"/teams/{four.team_id}/course", data={"course": sample.course.id})

    with database.reading() as db:
        told = db.query(OutboxMessage).filter_by(kind="team.kept").one()
        assert told.payload["person_ids"] == sorted(each.id for each in four.people)


def test_b5_a_cycle_that_was_kept_is_told_though_a_course_is_named_in_the_next(
    database, four, members, sample, staff, visit  # noqa: F811
):  # fmt: skip
    with database.transaction() as db:
        db.get_one(Team, four.team_id).course_id = None
    for place in range(4):
        say(members[place], four, "carried", "One more class")
        confirm(database, members[(place + 1) % 4], four, four.people[place])
    members[0].post(f"{four.room}/cycle")

    visit(sample, staff.designer).post(f"/teams/{four.team_id}/course", data={"course": sample.course.id})

    with database.reading() as db:
        told = db.query(OutboxMessage).filter_by(kind="team.kept").one()
        assert told.payload["person_ids"] == sorted(each.id for each in four.people)
