"""What was said in a room goes ninety days after its cycle has closed, or its team has ended; hours stay."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lti_tool.db import utc_now
from lti_tool.plans.models import LedgerEntry, PracticeCard
from lti_tool.teams.models import (
    Agreement,
    Attendance,
    CheckIn,
    CheckInState,
    Commitment,
    HelpReply,
    HelpRequest,
    StepKind,
    Team,
    TeamCycle,
    TeamEnding,
    TeamSession,
)
from lti_tool.teams.tasks import forget_old_words
from tests.grades.conftest import worker  # noqa: F401 - a fixture
from tests.teams.test_room import agree, begun, four, meet, members  # noqa: F401 - fixtures

pytestmark = pytest.mark.usefixtures("worker")
NOW = utc_now()


def ago(days: float):
    return NOW - timedelta(days=days)


@pytest.fixture
def close_cycle(database, four):  # noqa: F811
    """Return `close_cycle(days)`: the team's first cycle has closed so many days ago, and the next has begun."""

    def close(days: float) -> None:
        with database.transaction() as db:
            first = TeamCycle(team_id=four.team_id, number=1, starts_on=ago(200).date(), closed_at=ago(days))
            first.commitments = [Commitment(person_id=four.people[0].id, step=StepKind.CARRIED, words="One more class")]
            db.add_all([first, TeamCycle(team_id=four.team_id, number=2, starts_on=ago(days).date())])

    return close


@pytest.fixture
def say(database, four):  # noqa: F811
    """Return `say(words, days)`: somebody checked in and asked something so many days ago, and got an answer."""

    def said(words: str, days: float, *, answered: float | None = None, closed: float | None = None) -> None:
        ana, ben = (each.id for each in four.people[:2])
        request = HelpRequest(
            team_id=four.team_id, person_id=ana, words=words, opened_at=ago(days),
            answered_at=None if answered is None else ago(answered),
            closed_at=None if closed is None else ago(closed),
        )  # fmt: skip
        if answered is not None:
            request.replies = [HelpReply(person_id=ben, words="I do.", at=ago(answered))]
        check_in = CheckIn(
            team_id=four.team_id, person_id=ana, state=CheckInState.ON_COURSE, words=words, at=ago(days)
        )  # fmt: skip
        with database.transaction() as db:
            db.add_all([request, check_in])

    return said


def left(database) -> dict[str, list[str]]:
    with database.reading() as db:
        return {
            "asked": sorted(each.words for each in db.query(HelpRequest)),
            "said": sorted(each.words for each in db.query(CheckIn)),
        }


def test_what_was_said_up_to_a_cycle_that_closed_ninety_days_ago_goes(database, close_cycle, say):
    close_cycle(91)
    say("Before", 120, answered=119)
    say("After", 60, answered=59)

    assert forget_old_words() > 0

    assert left(database) == {"asked": ["After"], "said": ["After"]}
    with database.reading() as db:
        assert db.query(HelpReply).count() == 1


def test_it_stays_until_the_ninety_days_are_over(database, close_cycle, say):
    close_cycle(89)
    say("Before", 120, answered=119)

    assert forget_old_words() == 0
    assert left(database) == {"asked": ["Before"], "said": ["Before"]}


def test_a_question_goes_with_the_cycle_in_which_it_was_last_spoken_of_and_waits_as_long_as_it_is_open(
    database, close_cycle, say
):
    close_cycle(91)
    say("Waits still", 120)
    say("Answered later", 120, answered=80)
    say("Closed later", 120, answered=119, closed=80)
    say("Closed then", 120, closed=100)

    forget_old_words()

    assert left(database)["asked"] == ["Answered later", "Closed later", "Waits still"]


def test_a_team_that_goes_on_keeps_its_agreement_and_what_it_answered_for(
    database, four, members, close_cycle  # noqa: F811
):  # fmt: skip
    agree(members[0], four)
    close_cycle(400)

    forget_old_words()

    with database.reading() as db:
        assert [db.query(each).count() for each in (Agreement, TeamCycle, Commitment)] == [1, 2, 1]


def test_of_an_ended_team_hours_and_practices_stay_and_its_words_go(
    database, sample, four, members, staff, visit, say  # noqa: F811
):  # fmt: skip
    ana = four.people[0].id
    agree(members[0], four)
    meet(members[0], four)
    members[0].post(f"{four.room}/sessions/{begun(database)}/attendance", data={"present": [ana]})
    say("Before", 120)
    with database.transaction() as db:
        db.add(PracticeCard(district_id=sample.district.id, person_id=ana, title="Wait three seconds", did="I waited"))
    visit(sample, staff.designer).post(f"/teams/{four.team_id}/remove")
    assert forget_old_words() == 0

    with database.transaction() as db:
        db.query(Team).update({"ended_at": ago(91)})
        db.query(TeamEnding).update({"ended_at": ago(91)})
    forget_old_words()

    with database.reading() as db:
        gone = (Agreement, HelpRequest, CheckIn, TeamEnding)
        assert [db.query(each).count() for each in gone] == [0, 0, 0, 0]
        stays = (LedgerEntry, PracticeCard, Attendance, TeamSession, Team)
        assert [db.query(each).count() for each in stays] == [1, 1, 1, 1, 1]


def test_the_room_says_what_goes_and_when(four, members, close_cycle):  # noqa: F811
    before = members[0].get(four.room).text

    close_cycle(10)

    after = members[0].get(four.room).text
    rule = "deleted 90 days after the cycle in which they were written has closed"
    assert rule in before
    assert rule in after
    day = (ago(10) + timedelta(days=90)).date().isoformat()
    assert (f'datetime="{day}T' in before, f'datetime="{day}T' in after) == (False, True)


def test_whoever_was_in_an_ended_team_is_told_until_when_what_they_wrote_is_kept(
    sample, four, members, staff, visit  # noqa: F811
):  # fmt: skip
    visit(sample, staff.designer).post(f"/teams/{four.team_id}/remove")

    day = (utc_now() + timedelta(days=90)).date().isoformat()
    for page in ("/", "/my-data"):
        assert f'datetime="{day}T' in members[0].get(page).text
