"""Whose goals are compared when teams are proposed for a course."""

from __future__ import annotations

import pytest

from lti_tool.people.models import Course, CourseRole, Membership, Person
from lti_tool.plans.models import Audience
from lti_tool.teams.queries import matched_goals
from lti_tool.teams.scopes import Scope
from tests.conftest import make_district, make_person
from tests.teams.declared import make_goal, make_indicators


@pytest.fixture
def write(database, sample):
    """Return `write(name, audience)`: a learner of the course with a goal for this audience."""
    with database.transaction() as db:
        (indicator,) = make_indicators(db, sample, "1/1c/1c.2")

    def write_goal(name: str, audience: Audience | None) -> Person:
        with database.transaction() as db:
            person = make_person(db, sample, name)
            make_goal(db, sample, person, db.merge(indicator), audience=audience, headline=f"{name}'s")
            return person

    return write_goal


def test_matching_gets_the_goals_for_school_and_district_with_owner_and_indicators(database, sample, write):
    for name, audience in {
        "Ana": Audience.SCHOOL, "Bo": Audience.DISTRICT, "Cy": Audience.TEAM, "Dee": Audience.PRIVATE, "Eva": None,
    }.items():  # fmt: skip
        write(name, audience)

    with database.reading() as db:
        found = db.scalars(matched_goals(Scope.of_course(sample.course)).order_by(Person.name)).all()

    assert [(goal.owner.name, goal.headline) for goal in found] == [("Ana", "Ana's"), ("Bo", "Bo's")]
    assert [each.code for each in found[0].indicators] == ["1c.2"]


def test_only_active_learners_of_the_course_are_matched(database, sample, write):
    gone, designer = write("Ana", Audience.DISTRICT), write("Bo", Audience.DISTRICT)
    with database.transaction() as db:
        db.query(Membership).filter_by(person_id=gone.id).one().is_active = False
        db.query(Membership).filter_by(person_id=designer.id).one().role = CourseRole.DESIGNER

    with database.reading() as db:
        assert db.scalars(matched_goals(Scope.of_course(sample.course)).order_by(Person.name)).all() == []


def test_another_districts_course_matches_nobody_of_this_one(database, write):
    write("Ana", Audience.DISTRICT)
    with database.transaction() as db:
        elsewhere = make_district(db, "Far Valley").course

    with database.reading() as db:
        assert db.query(Course).count() == 2
        assert db.scalars(matched_goals(Scope.of_course(elsewhere))).all() == []
