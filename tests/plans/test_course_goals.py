"""The page of a link in a course: which goals the course counts toward."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lti_tool.db import utc_now
from lti_tool.launch.operations.completion_reads import READ_AGAIN_AFTER
from lti_tool.outbox.models import OutboxMessage
from lti_tool.people.models import Course, GradeBand
from lti_tool.plans.queries import course_choices
from lti_tool.standards.models import Framework, Strength
from lti_tool.standards.operations import AlignmentEntry, align_course
from tests.conftest import make_course
from tests.plans.conftest import indicator, write_goal


@pytest.fixture
def aligned(database, sample, ana):
    """The sample course, aligned to the indicator of Ana's goal, beside one that comes before it by title."""
    with database.transaction() as db:
        course, person = db.merge(sample.course), db.merge(ana.person)
        make_course(db, sample.district.id, sample.registration.id, sample.deployment.id, "A first course")
        chosen = indicator(db, "T2.2a")
        framework = db.get(Framework, chosen.framework_id)
        entry = AlignmentEntry(chosen.id, Strength.DEVELOPS, (GradeBand.G35, GradeBand.G68))
        align_course(db, person, course, framework, [entry])
        return course


def test_courses_that_serve_the_goal_come_first_with_the_reason(database, sample, ana, aligned, visit):
    with database.reading() as db:
        choices = course_choices(db, ana.read(db))
        found = course_choices(db, ana.read(db), title="first")

    page = " ".join(visit(sample, ana.person).get(f"/plans/goals/{ana.goal_id}/courses").text.split())

    assert [(each.course.title, each.fits) for each in choices] == [
        ("Formative assessment", True),
        ("A first course", False),
    ]
    assert [each.course.title for each in found] == ["A first course"]
    assert 'Develops it: <span class="code">T2.2a</span> · for grades 3-5, 6-8' in page


def test_a_launch_from_a_course_shows_what_it_counts_toward_and_could(database, sample, ana, aligned, visit):
    with database.transaction() as db:
        write_goal(db, db.merge(ana.person), "Talk with families", "T4.3a")
    visitor = visit(sample, ana.person)

    before = visitor.get("/plans/course").text
    answer = visitor.post(f"/plans/goals/{ana.goal_id}/courses/{aligned.id}", data={"from": "course"})
    after = visitor.get("/plans/course").text
    visitor.post(f"/plans/goals/{ana.goal_id}/courses/{aligned.id}/remove", data={"from": "course"})

    assert "It counts toward" not in before
    assert before.index("See what each student") < before.index("Talk with families")
    assert answer.location.endswith("/plans/course?notice=course_linked")
    assert "It counts toward" in after
    assert "Take it out" in after
    assert "It counts toward" not in visitor.get("/plans/course").text


def test_a_course_that_nobody_marked_counts_toward_nothing(database, sample, ana, visit):
    with database.transaction() as db:
        db.merge(sample.course).professional_learning_at = None
    visitor = visit(sample, ana.person)

    assert "not marked as professional learning" in visitor.get("/plans/course").text
    assert "not marked as professional learning" in visit(sample, ana.person, course_id=None).get("/plans/course").text
    assert visitor.post(f"/plans/goals/{ana.goal_id}/courses/{sample.course.id}").status_code == 404


def test_the_owner_has_the_lms_asked_now_once_and_not_too_soon(database, sample, ana, aligned, visit):
    visitor = visit(sample, ana.person)
    visitor.post(f"/plans/goals/{ana.goal_id}/courses/{aligned.id}")
    with database.transaction() as db:
        db.get_one(Course, aligned.id).completions_read_at = read_at = utc_now()

    before = visitor.get(f"/plans/goals/{ana.goal_id}").text
    answers = [visitor.post(f"/plans/goals/{ana.goal_id}/courses/{aligned.id}/ask") for _ in range(2)]

    assert "Ask the LMS now" in before
    assert all(answer.location.endswith(f"/goals/{ana.goal_id}?notice=completion_asked") for answer in answers)
    with database.reading() as db:
        message = db.scalars(select(OutboxMessage)).one()
    assert (message.kind, message.lane) == ("completions.read", f"rest:{sample.registration.id}")
    assert message.due_at == read_at + READ_AGAIN_AFTER


def test_a_course_that_does_not_count_toward_the_goal_is_not_asked_for(sample, ana, aligned, visit):
    assert visit(sample, ana.person).post(f"/plans/goals/{ana.goal_id}/courses/{aligned.id}/ask").status_code == 404


def test_whoever_designs_the_course_is_led_to_the_pages_for_designers(sample, ana, aligned, visit):
    shown = visit(sample, ana.person, is_course_designer=True).get("/plans/course").text

    assert "View as designer" in shown
    assert "View as designer" not in visit(sample, ana.person).get("/plans/course").text
