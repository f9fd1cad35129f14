"""Tests of who sees a piece of evidence: exactly those whom its owner chose."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, update

from lti_tool.db import utc_now
from lti_tool.people.models import Person, Role, Supervision
from lti_tool.plans.models import Audience, Evidence, EvidenceKind, Goal, PlanReviewer
from lti_tool.teams.models import Team, TeamState
from tests.conftest import make_district, make_person
from tests.full_district import NAMES, make_full_district

TITLE = "Notes that only some may see"


@pytest.fixture
def full(database):
    with database.transaction() as db:
        return make_full_district(db)


@pytest.fixture
def who_sees(full, database, visit):
    """Return a way to share a piece of Ana's with an audience, and who of many people then sees it."""
    with database.transaction() as db:
        people = {
            "teammate": db.get_one(Goal, full.ids["goal_id"] + 1).plan.person,
            "same school": make_person(db, full.sample, "Cal Ode", school=0),
            "other school": make_person(db, full.sample, "Dan Ode", school=1),
            "reviewer": make_person(db, full.sample, "Rita Vale", Role.SUPERVISOR, school=1),
            "former reviewer": make_person(db, full.sample, "Fay Orr", Role.SUPERVISOR, school=1),
            "everything": make_person(db, full.sample, "Sam Stone", *Role, school=1),
        }
        ana = full.educator.id
        db.add(Supervision(person_id=ana, supervisor_id=people["reviewer"].id))
        db.add(Supervision(person_id=ana, supervisor_id=people["former reviewer"].id, ended_at=utc_now()))
        elsewhere = make_district(db, "Elsewhere")
        stranger = make_person(db, elsewhere, "Zed Ode")

    def share(audience: Audience) -> set[str]:
        with database.transaction() as db:
            db.add(Evidence(
                goal_id=full.ids["goal_id"], kind=EvidenceKind.WORDS, title=TITLE, reflection="More of them asked.",
                dated_on=date(2026, 11, 2), audience=audience, school_id=full.educator.school_id,
            ))  # fmt: skip
        seen = {who for who, each in people.items() if TITLE in visit(full.sample, each).get("/shared-evidence").text}
        return seen | ({"stranger"} if TITLE in visit(elsewhere, stranger).get("/shared-evidence").text else set())

    return share


def test_evidence_is_seen_by_nobody_else_by_default(who_sees):
    assert who_sees(Audience.PRIVATE) == set()


def test_evidence_for_the_reviewer_is_seen_by_whoever_reviews_its_owner_now(who_sees):
    assert who_sees(Audience.REVIEWER) == {"reviewer"}


def test_evidence_for_the_team_is_seen_by_its_members_and_no_reviewer(who_sees):
    assert who_sees(Audience.TEAM) == {"teammate"}


def test_evidence_for_the_team_is_seen_by_nobody_once_the_team_is_dissolved(who_sees, database):
    with database.transaction() as db:
        db.execute(update(Team).values(state=TeamState.DISSOLVED))

    assert who_sees(Audience.TEAM) == set()


def test_evidence_for_the_school_is_seen_by_colleagues_there(who_sees):
    assert who_sees(Audience.SCHOOL) == {"same school"}


def test_evidence_for_the_district_is_seen_by_everybody_in_it(who_sees):
    assert who_sees(Audience.DISTRICT) == {
        "teammate", "same school", "other school", "reviewer", "former reviewer", "everything",
    }  # fmt: skip


def test_evidence_of_a_support_plan_is_seen_by_its_named_reader_alone(who_sees, database, full):
    with database.transaction() as db:
        plan = db.get_one(Goal, full.ids["goal_id"]).plan
        other = db.scalars(select(Person).where(Person.name == "Dan Ode")).one()
        plan.is_restricted, plan.readers = True, [PlanReviewer(person_id=other.id)]

    assert who_sees(Audience.PRIVATE) == set()
    assert who_sees(Audience.DISTRICT) == {"other school"}


def test_what_is_shared_tells_nothing_of_the_goal_behind_it(who_sees, full, database, visit):
    who_sees(Audience.DISTRICT)

    text = visit(full.sample, full.designer).get("/shared-evidence").text

    assert TITLE in text
    assert NAMES[0] in text
    assert "Ask questions that every pupil has to think about" not in text
    assert "exit tickets were often empty" not in text


def test_a_long_list_goes_on_on_the_next_page(full, database, visit):
    with database.transaction() as db:
        for number in range(31):
            db.add(Evidence(
                goal_id=full.ids["goal_id"], kind=EvidenceKind.WORDS, title=f"Piece {number:02}",
                reflection="It helped.", dated_on=date(2026, 11, 2), audience=Audience.DISTRICT,
            ))  # fmt: skip
    visitor = visit(full.sample, full.designer)

    first = visitor.get("/shared-evidence").text
    after = first.split("after=")[1].split('"')[0]
    second = visitor.get(f"/shared-evidence?after={after}").text

    assert ("Piece 30" in first, "Piece 00" in first) == (True, False)
    assert ("Piece 30" in second, "Piece 00" in second) == (False, True)
