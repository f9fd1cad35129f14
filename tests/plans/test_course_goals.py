"""The page of a link in a course: which goals the course counts toward."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lti_tool.db import utc_now
from lti_tool.launch.models import Family, Registration, RestAccess
from lti_tool.launch.operations.completion_reads import READ_AGAIN_AFTER
from lti_tool.outbox.models import OutboxMessage
from lti_tool.people.models import Course, GradeBand, Role
from lti_tool.standards.models import Framework, Strength
from lti_tool.standards.operations import AlignmentEntry, align_opportunity
from tests.conftest import make_course, make_person
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
        align_opportunity(db, person, course.opportunity, framework, [entry])
        return course


def activity_id(database, ana) -> int:
    with database.reading() as db:
        return int(ana.read(db).courses[0].id)


def test_a_launch_from_a_course_shows_what_it_counts_toward_and_could(database, sample, ana, aligned, visit):
    with database.transaction() as db:
        write_goal(db, db.merge(ana.person), "Talk with families", "T4.3a")
    visitor = visit(sample, ana.person)

    before = visitor.get("/plans/course").text
    answer = visitor.post(f"/plans/goals/{ana.goal_id}/learning/{aligned.id}", data={"from": "course"})
    after = visitor.get("/plans/course").text
    visitor.post(f"/plans/activities/{activity_id(database, ana)}/remove", data={"from": "course"})

    assert "It counts toward" not in before
    assert before.index("See what each student") < before.index("Talk with families")
    assert answer.location.endswith("/plans/course?notice=learning_taken_up")
    assert "It counts toward" in after
    assert "Take it out" in after
    assert "It counts toward" not in visitor.get("/plans/course").text


def test_a_course_that_nobody_marked_counts_toward_nothing(database, sample, ana, visit):
    with database.transaction() as db:
        db.merge(sample.course).professional_learning_at = None
    visitor = visit(sample, ana.person)

    assert "not marked as professional learning" in visitor.get("/plans/course").text
    assert "not marked as professional learning" in visit(sample, ana.person, course_id=None).get("/plans/course").text
    assert visitor.post(f"/plans/goals/{ana.goal_id}/learning/{sample.course.id}").status_code == 404


def test_the_owner_has_the_lms_asked_now_once_and_not_too_soon(database, sample, ana, aligned, visit):
    visitor = visit(sample, ana.person)
    visitor.post(f"/plans/goals/{ana.goal_id}/learning/{aligned.id}")
    with database.transaction() as db:
        db.get_one(Course, aligned.id).completions_asked_at = asked_at = utc_now()
        db.add(RestAccess(registration_id=sample.registration.id, base_url="https://lms.test", access_token=b"key"))

    before = visitor.get(f"/plans/goals/{ana.goal_id}").text
    answers = [visitor.post(f"/plans/activities/{activity_id(database, ana)}/ask") for _ in range(2)]

    assert "Ask the LMS now" in before
    assert all(answer.location.endswith(f"/goals/{ana.goal_id}?notice=completion_asked") for answer in answers)
    with database.reading() as db:
        message = db.scalars(select(OutboxMessage).where(OutboxMessage.kind == "completions.read")).one()
    assert (message.kind, message.lane) == ("completions.read", f"rest:{sample.registration.id}")
    assert message.due_at == asked_at + READ_AGAIN_AFTER


@pytest.mark.parametrize(
    ("lms", "words"),
    [
        ((Family.MOODLE, False), "nobody has connected this LMS"),
        ((Family.OTHER, False), "this LMS tells no tool"),
        ((Family.MOODLE, True), "checkpoint finishes it"),
    ],
)
def test_who_has_an_lms_asked_that_cannot_tell_reads_that_nothing_was_asked_and_what_to_do(
    database, sample, ana, aligned, visit, lms, words
):
    owner = visit(sample, ana.person)
    owner.post(f"/plans/goals/{ana.goal_id}/learning/{aligned.id}")
    with database.transaction() as db:
        administrator = make_person(db, sample, "Omar Said", Role.ADMINISTRATOR)
        db.get_one(Registration, sample.registration.id).family, has_checkpoint = lms
        db.get_one(Course, aligned.id).has_finishing_checkpoint = has_checkpoint

    for visitor, path in (
        (owner, f"/plans/activities/{activity_id(database, ana)}/ask"),
        (visit(sample, administrator), f"/sync/courses/{aligned.id}/read"),
    ):
        shown = visitor.get(visitor.post(path).location.removeprefix(visitor.prefix)).text
        assert words in shown
        assert "is being asked" not in shown
    with database.reading() as db:
        assert db.scalar(select(OutboxMessage).where(OutboxMessage.kind == "completions.read")) is None


def test_whoever_designs_the_course_is_led_to_the_pages_for_designers(sample, ana, aligned, visit):
    shown = visit(sample, ana.person, is_course_designer=True).get("/plans/course").text

    assert "View as designer" in shown
    assert "View as designer" not in visit(sample, ana.person).get("/plans/course").text
