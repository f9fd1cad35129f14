"""A team's room: agreement, sessions, check-ins and questions, for its members alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest

from lti_tool.db import Database, utc_now
from lti_tool.people.models import Person, Role, Supervision
from lti_tool.plans.models import Audience, Goal, LedgerEntry, PlanState
from lti_tool.teams.models import (
    Agreement,
    Attendance,
    HelpRequest,
    MemberState,
    Team,
    TeamMember,
    TeamSession,
    TeamState,
)
from tests.conftest import make_person

NEXT_WEEK = (utc_now() + timedelta(days=7)).strftime("%Y-%m-%dT15:30")


@dataclass(frozen=True)
class Four:
    """A formed team of four educators, and the address of its room."""

    team_id: int
    people: list[Person]

    @property
    def room(self) -> str:
        return f"/teams/{self.team_id}/room"


@pytest.fixture
def four(database, sample, staff) -> Four:
    with database.transaction() as db:
        team = Team(
            district_id=sample.district.id, course_id=sample.course.id, name="Amber Heron", state=TeamState.FORMED,
            formed_at=utc_now(),
        )  # fmt: skip
        pairs = zip(staff.educators[:4], staff.goal_ids[:4], strict=True)
        team.members = [TeamMember(person_id=p.id, goal_id=goal, state=MemberState.ACCEPTED) for p, goal in pairs]
        db.add(team)
        db.flush()
        return Four(team.id, staff.educators[:4])


@pytest.fixture
def members(four, sample, visit):
    return [visit(sample, person) for person in four.people]


def agree(visitor, four, words="We ask before we advise.", version=0):
    return visitor.post(f"{four.room}/agreement", data={"words": words, "version": version})


def meet(visitor, four, topic="Exit notes"):
    return visitor.post(f"{four.room}/sessions", data={"starts_at": NEXT_WEEK, "hours": "1.5", "topic": topic})


def begun(database: Database) -> int:
    """Let the only session lie behind the team; return its id."""
    with database.transaction() as db:
        session = db.query(TeamSession).one()
        session.starts_at = utc_now() - timedelta(hours=2)
        return session.id


def ledger(database: Database) -> dict[int, list[Decimal]]:
    """Return the hours that count, by whose they are."""
    found: dict[int, list[Decimal]] = {}
    with database.reading() as db:
        for entry in db.query(LedgerEntry).filter_by(withdrawn_at=None):
            found.setdefault(entry.person_id, []).append(entry.hours)
    return found


def test_b1_no_session_before_an_agreement_and_a_starter_text_is_there(database, four, members):
    assert "We ask before we advise" in members[0].get(four.room).text

    early = meet(members[0], four)
    agree(members[0], four)
    planned = meet(members[0], four)

    assert early.status_code == 409
    assert "Write down what you agree on first" in early.text
    assert planned.status_code == 303
    with database.reading() as db:
        assert db.query(TeamSession).one().topic == "Exit notes"


def test_b1_the_turn_to_prepare_goes_round(database, four, members):
    agree(members[0], four)
    for number in range(5):
        meet(members[0], four, f"Session {number}")

    with database.reading() as db:
        names = [each.facilitator.name for each in db.query(TeamSession).order_by(TeamSession.id)]
    in_turn = sorted(person.name for person in four.people)
    assert names == [*in_turn, in_turn[0]]


def test_b1_attendance_is_noted_once_however_often_it_is_said(database, four, members):
    agree(members[0], four)
    meet(members[0], four)
    session_id = begun(database)
    said = {"present": [four.people[0].id, four.people[1].id]}

    for visitor in members[:2]:
        visitor.post(f"{four.room}/sessions/{session_id}/attendance", data=said)

    with database.reading() as db:
        assert sorted(each.person_id for each in db.query(Attendance)) == sorted(said["present"])


def test_b1_attendance_adds_the_hours_of_a_session_to_each_ledger_once_and_takes_them_back(database, four, members):
    agree(members[0], four)
    meet(members[0], four, topic="Words of the room")
    address = f"{four.room}/sessions/{begun(database)}/attendance"
    first, second = (person.id for person in four.people[:2])

    members[0].post(address, data={"present": [first, second]})
    members[1].post(address, data={"present": [first, second]})
    assert ledger(database) == {first: [Decimal("1.5")], second: [Decimal("1.5")]}
    page = members[1].get("/plans/hours").text
    assert "Session of Amber Heron" in page
    assert "Words of the room" not in page

    members[0].post(address, data={"present": [first], "shown": [first, second]})
    assert ledger(database) == {first: [Decimal("1.5")]}

    members[0].post(address, data={"present": [first, second]})
    assert ledger(database) == {first: [Decimal("1.5")], second: [Decimal("1.5")]}


def test_b1_hours_of_a_session_stay_with_whoever_leaves_the_team_or_when_it_is_deleted(database, four, members):
    agree(members[0], four)
    meet(members[0], four)
    address = f"{four.room}/sessions/{begun(database)}/attendance"
    first, last = four.people[0].id, four.people[3].id
    members[0].post(address, data={"present": [first, last]})

    members[3].post(f"/teams/{four.team_id}/leave")
    members[0].post(address, data={"present": [first]})
    with database.transaction() as db:
        db.delete(db.get_one(Team, four.team_id))

    assert ledger(database) == {first: [Decimal("1.5")], last: [Decimal("1.5")]}


def test_nobody_was_at_a_session_that_has_not_begun(database, four, members):
    agree(members[0], four)
    meet(members[0], four)
    with database.reading() as db:
        session_id = db.query(TeamSession).one().id

    answer = members[0].post(f"{four.room}/sessions/{session_id}/attendance", data={"present": [four.people[0].id]})

    assert answer.status_code == 409
    with database.reading() as db:
        assert db.query(Attendance).count() == 0


def test_only_members_can_have_been_there(database, four, members, staff):
    agree(members[0], four)
    meet(members[0], four)
    session_id = begun(database)

    answer = members[0].post(f"{four.room}/sessions/{session_id}/attendance", data={"present": [staff.designer.id]})

    assert answer.status_code == 422


def test_two_members_cannot_overwrite_each_others_agreement_unseen(database, four, members):
    agree(members[0], four, "First words")

    answer = agree(members[1], four, "Second words", version=0)

    assert answer.status_code == 409
    assert "First words" in answer.text
    assert "Second words" in answer.text
    with database.reading() as db:
        assert db.query(Agreement).one().words == "First words"
    assert agree(members[1], four, "Both words", version=1).status_code == 303


@pytest.mark.parametrize("role", ["designer", "administrator", "supervisor of all", "invited only", "other educator"])
def test_b1_nobody_but_members_comes_into_the_room(database, sample, four, visit, staff, role):
    with database.transaction() as db:
        roles = {
            "designer": [Role.DESIGNER],
            "administrator": [Role.ADMINISTRATOR],
            "supervisor of all": [Role.SUPERVISOR],
        }
        stranger = make_person(db, sample, "Sam Stone", *roles.get(role, []))
        if role == "supervisor of all":
            db.add_all(Supervision(person_id=each.id, supervisor_id=stranger.id) for each in four.people)
        if role == "invited only":
            db.add(TeamMember(team_id=four.team_id, person_id=stranger.id))
    visitor = visit(sample, stranger, is_course_designer=role == "designer")

    assert visitor.get(four.room).status_code == 404
    assert visitor.post(f"{four.room}/help", data={"words": "Let me in"}).status_code == 404
    with database.reading() as db:
        assert db.query(HelpRequest).count() == 0


def test_s14_a_question_is_on_every_members_home_until_somebody_answers(database, four, members):
    members[0].post(f"{four.room}/help", data={"words": "How do you wait after a question?"})
    homes = [visitor.get("/").text for visitor in members]
    with database.reading() as db:
        asked = db.query(HelpRequest).one()

    answered = members[1].post(f"{four.room}/help/{asked.id}/answer", data={"words": "I count to five."})

    assert ["Our team has an open question" in home for home in homes] == [False, True, True, True]
    assert "Your question waits for your team" in homes[0]
    assert answered.status_code == 303
    assert not any("open question" in visitor.get("/").text for visitor in members)
    assert "I count to five." in members[3].get(four.room).text


def test_s14_whoever_asks_closes_the_question_and_nobody_else(database, four, members):
    members[0].post(f"{four.room}/help", data={"words": "How do you wait?"})
    with database.reading() as db:
        asked = db.query(HelpRequest).one()

    refused = members[1].post(f"{four.room}/help/{asked.id}/close")
    closed = members[0].post(f"{four.room}/help/{asked.id}/close")

    assert (refused.status_code, closed.status_code) == (403, 303)
    with database.reading() as db:
        assert not db.get_one(HelpRequest, asked.id).is_open
    assert members[1].post(f"{four.room}/help/{asked.id}/answer", data={"words": "Late"}).status_code == 409


def test_s14_nobody_is_singled_out_as_late_however_long_a_question_waits(
    database, sample, four, members, visit, staff
):  # fmt: skip
    members[0].post(f"{four.room}/help", data={"words": "How do you wait?"})
    with database.transaction() as db:
        db.query(HelpRequest).one().opened_at = utc_now() - timedelta(days=30)
        supervisor = make_person(db, sample, "Sol Vega", Role.SUPERVISOR, learner=False)
        db.add_all(Supervision(person_id=each.id, supervisor_id=supervisor.id) for each in four.people)

    homes = [re.sub(r"/s/[^/]+", "", each.get("/").text) for each in members[1:]]
    told = [re.findall(r'<p class="notice attention">.*?</p>', home, re.DOTALL) for home in homes]
    waiting = members[1].get(four.room).text.split("How do you wait?")[1].split("<form")[0]
    leaders = [visit(sample, each) for each in (supervisor, staff.designer)]
    pages = [each.get(path).text for each in leaders for path in ("/", "/teams/", "/teams/supervised", four.room)]

    assert [len(each) for each in told] == [1, 1, 1]
    assert told[0] == told[1] == told[2]
    assert not [each.name for each in four.people[1:] if each.name in told[0][0] + waiting]
    assert "late" not in waiting
    assert not any("How do you wait?" in page or "open question" in page for page in pages)


def test_adding_to_the_own_question_is_no_answer(database, four, members):
    members[0].post(f"{four.room}/help", data={"words": "How do you wait?"})
    with database.reading() as db:
        asked = db.query(HelpRequest).one()

    members[0].post(f"{four.room}/help/{asked.id}/answer", data={"words": "With a large class, I mean."})

    with database.reading() as db:
        assert db.get_one(HelpRequest, asked.id).waits_for_team


def test_a_check_in_that_wants_help_asks_the_team(database, four, members):
    members[0].post(f"{four.room}/check-in", data={"state": "want_help", "words": "Somebody to watch one lesson"})

    with database.reading() as db:
        assert db.query(HelpRequest).one().words == "Somebody to watch one lesson"
    assert "Want help" in members[1].get(four.room).text


def test_a_form_that_is_refused_keeps_what_was_typed(four, members):
    agree(members[0], four)

    answer = members[0].post(f"{four.room}/sessions", data={"starts_at": NEXT_WEEK, "hours": "99", "topic": "Long"})

    assert answer.status_code == 422
    assert "Write hours between 0.25 and 12." in answer.text
    assert 'value="Long"' in answer.text


def test_a_planned_session_is_shown_in_the_time_of_the_launch(database, sample, four, members, visit):
    agree(members[0], four)
    visit(sample, four.people[0], time_zone="America/New_York").post(
        f"{four.room}/sessions", data={"starts_at": "2027-01-15T15:30", "hours": "1"}
    )

    with database.reading() as db:
        assert db.query(TeamSession).one().starts_at.isoformat() == "2027-01-15T20:30:00+00:00"


@pytest.mark.parametrize(
    "change", [{"is_restricted": True}, {"state": PlanState.CLOSED}], ids=["support plan", "ended plan"]
)
def test_the_goal_of_a_support_plan_or_an_ended_one_is_not_shown_to_teammates(database, staff, four, members, change):
    with database.transaction() as db:
        plan = db.get_one(Goal, staff.goal_ids[0]).plan
        plan.goals[0].headline = "Words for nobody"
        for name, value in change.items():
            setattr(plan, name, value)

    assert "Words for nobody" not in members[1].get(four.room).text
    assert "Words for nobody" in members[0].get(four.room).text


def test_learning_for_a_goal_that_is_not_shared_is_not_told_to_the_team(database, staff, four, members):
    assert "Ana Ruiz, Ben Okafor, Chloe Martin, Dinesh Rao" in members[1].get(four.room).text

    with database.transaction() as db:
        db.get_one(Goal, staff.goal_ids[0]).declaration.audience = Audience.PRIVATE

    assert "Ana Ruiz, Ben Okafor" not in members[1].get(four.room).text
