"""Tests of the list of marked courses."""

from __future__ import annotations

from lti_tool.home.queries import designer as queries
from lti_tool.people.models import Role
from tests.conftest import make_course, make_person
from tests.full_district import make_full_district
from tests.query_counter import count_queries


def test_the_list_shows_each_marked_course_with_what_belongs_to_it(database, visit):
    with database.transaction() as db:
        full = make_full_district(db)
        make_course(db, full.sample.district.id, full.sample.registration.id, full.sample.deployment.id, "Secret")
        db.query(type(full.sample.course)).filter_by(title="Secret").one().professional_learning_at = None

    text = visit(full.sample, full.designer).get("/courses").text

    assert "Feedback that is used" in text
    assert "This course has no completion settings in the LMS." in text
    assert "fewer than 5" in text
    assert "Secret" not in text


def test_a_designer_of_one_course_sees_that_course_alone(database, visit):
    with database.transaction() as db:
        full = make_full_district(db)
        teacher = make_person(db, full.sample, "Lena Fox", learner=False)

    text = visit(full.sample, teacher, is_course_designer=True).get("/courses").text

    assert "Formative assessment" in text
    assert "Feedback that is used" not in text


def test_courses_come_in_pages_by_title_with_a_fixed_number_of_queries(database, sample, visit, monkeypatch):
    monkeypatch.setattr(queries, "PAGE_SIZE", 3)
    with database.transaction() as db:
        for number in range(5):
            make_course(db, sample.district.id, sample.registration.id, sample.deployment.id, f"Course {number}")
        make_full_district(db, "Elsewhere")
        person = make_person(db, sample, "Nora Field", Role.DESIGNER, learner=False)
    visitor = visit(sample, person)

    with count_queries(database) as sent:
        first = visitor.get("/courses").text
    after = first.split("after=")[1].split('"')[0]
    second = visitor.get(f"/courses?after={after}").text

    assert [number for number in range(5) if f">Course {number}<" in first] == [0, 1, 2]
    assert [number for number in range(5) if f">Course {number}<" in second] == [3, 4]
    assert "Formative assessment" in second
    assert len(sent) <= 8
