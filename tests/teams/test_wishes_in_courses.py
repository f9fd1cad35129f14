"""What is kept together or apart in a course is seen and taken back where its page cannot be opened any more."""

from __future__ import annotations

import pytest

from lti_tool.db import utc_now
from lti_tool.people.models import Role
from lti_tool.teams.models import TeamScope, TeamWish, WishedPerson, WishKind
from tests.conftest import make_course, make_district, make_person


def wish(db, sample, course, people, kind=WishKind.APART) -> int:
    """Keep these people apart in a course; return the wish's id."""
    kept = TeamWish(district_id=sample.district.id, scope=TeamScope.COURSE, course_id=course.id, kind=kind)
    kept.people = [WishedPerson(person_id=person.id) for person in people]
    db.add(kept)
    db.flush()
    return kept.id


def mark(database, course, moment) -> None:
    """Mark a course as professional learning, or take the mark back."""
    with database.transaction() as db:
        db.merge(course).professional_learning_at = moment


def other_course(db, sample, title: str):
    return make_course(db, sample.district.id, sample.registration.id, sample.deployment.id, title)


def test_what_is_kept_in_a_course_that_is_marked_no_more_is_taken_back_on_a_page_of_the_district(
    database, sample, visit, staff
):
    with database.transaction() as db:
        wish_id = wish(db, sample, db.merge(sample.course), staff.educators[:2])
    designer, ana = visit(sample, staff.designer, course_id=None), visit(sample, staff.educators[0])
    goals = {"goal_id": staff.goal_ids[0], "colleague_goal_id": staff.goal_ids[1]}

    refused = ana.post("/teams/start", data=goals).status_code
    mark(database, sample.course, None)
    district = designer.get("/teams/district").text
    listed = designer.get("/teams/wishes").text
    answer = designer.post(f"/teams/wishes/{wish_id}/forget", follow_redirects=True)
    mark(database, sample.course, utc_now())
    begun = ana.post("/teams/start", data=goals).status_code

    assert "/teams/wishes" in district
    assert "Kept apart: Ana Ruiz, Ben Okafor" in listed
    assert "Formative assessment" in listed
    assert "Not marked any more" in listed
    assert answer.status_code == 200
    assert answer.request.path.endswith("/teams/wishes")
    assert "Kept apart" not in answer.text
    assert "/teams/wishes" not in designer.get("/teams/district").text
    assert (refused, begun) == (409, 303)


def test_long_lists_of_what_is_kept_come_in_pages_by_course(database, sample, visit, staff):
    with database.transaction() as db:
        for title in ("Reading", "Maths"):
            course = other_course(db, sample, title)
            for number in range(15):
                pair = [make_person(db, sample, f"{title} {number} {each}") for each in "ab"]
                wish(db, sample, course, pair, WishKind.TOGETHER)
    designer = visit(sample, staff.designer)

    first = designer.get("/teams/wishes").text
    after = first.split("after=")[1].split('"')[0]
    second = designer.get(f"/teams/wishes?after={after}").text

    counts = [[page.count(f"Kept together: {title}") for title in ("Maths", "Reading")] for page in (first, second)]
    assert counts == [[15, 5], [0, 10]]
    assert "after=" not in second


@pytest.mark.parametrize("who", ["course", "stranger"])
def test_what_is_kept_in_courses_is_for_the_districts_own_designers(database, sample, visit, staff, who):
    with database.transaction() as db:
        wish(db, sample, other_course(db, sample, "Another course"), staff.educators[:2])
        elsewhere = sample if who == "course" else make_district(db, "Elsewhere")
        roles = [] if who == "course" else [Role.DESIGNER]
        person = make_person(db, elsewhere, "Olga Stone", *roles, learner=False)
    visitor = visit(elsewhere, person, is_course_designer=True)

    answer = visitor.get("/teams/wishes")

    assert answer.status_code == (403 if who == "course" else 200)
    assert "Ana Ruiz" not in answer.text
