"""What reading back finds to differ: four kinds, each said once with both values, and no noise about what has ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from lti_tool.db import utc_now
from lti_tool.grades.models import Score, ScoreState
from lti_tool.grades.needs import NeedKind, needs_of
from lti_tool.grades.operations.comparing import enqueue_due_comparisons
from lti_tool.outbox.models import OutboxMessage
from lti_tool.people.models import Membership, Role
from lti_tool.people.operations import grant_role
from practice_lms.state import Enrolment, User
from tests.grades.test_delivery import meet, the_score
from tests.lms_fixtures import (
    DESIGNER,
    EDUCATOR,
    any_lms,
    canvas_lms,
    platform_keys,
    run_lms,
    tool_server,
)
from tests.teams.in_lms import District101, open_district

__all__ = ["any_lms", "canvas_lms", "platform_keys", "run_lms", "tool_server"]


def confirmed(opened: District101) -> District101:
    """Let an educator's score be confirmed, and the designer administer the district."""
    opened.arrive(EDUCATOR)
    opened.connect()
    meet(opened, opened.declare(EDUCATOR))
    opened.work()
    assert the_score(opened).state is ScoreState.CONFIRMED
    with opened.database.transaction() as db:
        grant_role(db, opened.person(db, DESIGNER), Role.ADMINISTRATOR, source="administrator")
    return opened


@pytest.fixture
def pd101(app, database, any_lms) -> District101:
    return confirmed(open_district(app, database, any_lms))


def compare(pd101: District101) -> int:
    """Let a day pass and the worker read the gradebook back; return how many comparisons were due."""
    day = timedelta(days=1, minutes=1)
    with pd101.database.transaction() as db:
        past = utc_now() - day
        db.execute(update(Score).where(Score.confirmed_at.is_not(None)).values(confirmed_at=past, sent_at=past))
        due = enqueue_due_comparisons(db, utc_now() + day)
    with pd101.database.transaction() as db:
        db.execute(update(OutboxMessage).values(due_at=utc_now() - timedelta(seconds=1)))
    pd101.work()
    return due


def asking(pd101: District101) -> list[tuple[str, str]]:
    """Return what needs somebody, but for completions that the LMS cannot tell."""
    with pd101.database.reading() as db:
        needs = needs_of(db, pd101.person(db, DESIGNER)).shown
    return [(need.kind.value, need.cause) for need in needs if need.kind is not NeedKind.UNREADABLE]


def page(pd101: District101) -> str:
    return pd101.practice.launch(DESIGNER, pd101.link).get("/sync/differences").text


def test_a_changed_score_stands_there_with_both_values(pd101):
    grade = pd101.grade(EDUCATOR)
    assert grade is not None
    (column,) = (each for each in pd101.practice.lms.line_items.values() if each.activity_id == pd101.link.id)
    grade.score = grade.result_score = column.score_maximum / 2
    grade.result_maximum, grade.overridden = column.score_maximum, True

    compare(pd101)

    shown = page(pd101)
    assert "The gradebook shows another score" in shown
    assert "1/1" in shown
    assert f"{column.score_maximum / 2:g}/{column.score_maximum:g}" in shown


def test_whoever_left_the_course_is_said_to_have_left_and_not_to_have_been_changed(pd101):
    grade = pd101.grade(EDUCATOR)
    assert grade is not None
    grade.score = grade.result_score = grade.result_maximum = None
    with pd101.database.transaction() as db:
        place = db.scalars(select(Membership).where(Membership.person_id == pd101.people[EDUCATOR])).one()
        place.is_active = False

    compare(pd101)

    assert "The person left the course" in page(pd101)


def test_a_line_item_that_is_gone_is_said_once(pd101):
    lms = pd101.practice.lms
    for item in [each for each in lms.line_items.values() if each.activity_id == pd101.link.id]:
        del lms.line_items[item.id]

    assert compare(pd101) == 1

    assert the_score(pd101).cause == "line_item_gone"
    assert "The line item is gone" in page(pd101)
    compare(pd101)
    assert asking(pd101) == [("scores", "line_item_gone")]


def enter_full_result(pd101: District101, student: User) -> None:
    """Let somebody enter the whole of the maximum by hand in the tool's column."""
    lms = pd101.practice.lms
    (column,) = (each for each in lms.line_items.values() if each.activity_id == pd101.link.id)
    grade = lms.grade(column.id, student.id)
    grade.score = grade.result_score = grade.result_maximum = column.score_maximum
    grade.grading_progress, grade.updated_at = "FullyGraded", utc_now()


@pytest.mark.parametrize("is_marked", [True, False])
def test_a_full_result_is_found_where_no_score_was_ever_owed_as_long_as_the_course_is_marked(
    app, database, any_lms, is_marked
):
    pd101 = open_district(app, database, any_lms)
    pd101.arrive(EDUCATOR)
    enter_full_result(pd101, pd101.practice.user(EDUCATOR))
    if not is_marked:
        with database.transaction() as db:
            pd101.course(db).professional_learning_at = None

    assert compare(pd101) == is_marked

    assert (("stray", "stray") in asking(pd101)) is is_marked


def test_a_full_result_of_which_the_tool_knows_nothing_asks_until_it_is_left_as_it_is(pd101):
    course = pd101.practice.course()
    students = [pd101.practice.lms.users[user] for user, role in course.enrolments.items() if role is Enrolment.STUDENT]
    student = next(user for user in students if user.login != EDUCATOR)
    pd101.arrive(student.login)
    enter_full_result(pd101, student)

    compare(pd101)

    assert "Complete in the gradebook, and unknown here" in page(pd101)
    arrived = pd101.practice.launch(DESIGNER, pd101.link)
    shown = arrived.get("/sync/differences")
    left = arrived.browser.submit(shown, shown.form(action="/differences/"))
    assert "Nothing differs" in left.text
    compare(pd101)
    assert "Nothing differs" in page(pd101)


def test_a_course_that_has_concluded_is_compared_no_more(app, database, canvas_lms):
    pd101 = confirmed(open_district(app, database, canvas_lms))
    canvas_lms.course().concluded = True

    assert compare(pd101) == 1
    assert compare(pd101) == 0

    assert the_score(pd101).state is ScoreState.CONFIRMED
    assert asking(pd101) == []
