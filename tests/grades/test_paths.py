"""Completions by the results of a line item and by a checkpoint, where the LMS itself does not tell."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_tool.db import utc_now
from lti_tool.grades.models import CompletionSource
from lti_tool.grades.operations.asking import enqueue_due_reads
from lti_tool.launch.models import Family, LinkKind, Registration
from lti_tool.launch.operations.completion_reads import ask_for_completions
from lti_tool.outbox.delivery import deliver_due
from lti_tool.outbox.models import MessageState, OutboxMessage
from lti_tool.people.models import Course, Membership, Role
from practice_lms.state import LineItem
from tests.conftest import make_person
from tests.grades.conftest import kept
from tests.lms_fixtures import DESIGNER, EDUCATOR, any_lms, canvas_lms, moodle_lms, platform_keys, run_lms, tool_server
from tests.teams.in_lms import District101, open_district

__all__ = ["any_lms", "canvas_lms", "moodle_lms", "platform_keys", "run_lms", "tool_server"]


@pytest.fixture
def pd101(app, database, any_lms) -> District101:
    opened = open_district(app, database, any_lms)
    opened.arrive(EDUCATOR)
    return opened


@pytest.fixture
def in_moodle(app, database, moodle_lms) -> District101:
    opened = open_district(app, database, moodle_lms)
    opened.arrive(EDUCATOR)
    return opened


@pytest.fixture
def attendance(in_moodle) -> LineItem:
    """Return a column of the tool in which whoever leads the course marks who was there."""
    lms = in_moodle.practice.lms
    item = LineItem(lms.new_id(), in_moodle.practice.course().id, "Attended", 10, in_moodle.practice.tool.id)
    lms.line_items[item.id] = item
    return item


def mark(pd101: District101, item: LineItem, login: str, score: float | None) -> None:
    grade = pd101.practice.lms.grade(item.id, pd101.practice.user(login).id)
    grade.score = grade.result_score = score
    grade.result_maximum, grade.overridden, grade.updated_at = item.score_maximum, True, utc_now()


def choose(pd101: District101, percent: str = "80") -> None:
    """Choose the one line item that the page offers, as its designer does."""
    arrived = pd101.practice.launch(DESIGNER, pd101.link)
    with pd101.database.reading() as db:
        page = f"/sync/courses/{pd101.course(db).id}"
    found = arrived.post(f"{page}/line-items")
    form = found.form(action="line-item$")
    assert len(form.choices["url"]) == 1
    chosen = arrived.browser.submit(found, form, {"mark": percent})
    assert f"Whoever has {percent}% or more in “Attended”" in chosen.text


def read_due(pd101: District101) -> None:
    with pd101.database.transaction() as db:
        pd101.course(db).completions_asked_at = None
        enqueue_due_reads(db, utc_now() - timedelta(minutes=2))
    pd101.work()


def test_results_of_a_chosen_line_item_finish_the_course_once_and_can_be_taken_back(in_moodle, attendance):
    mark(in_moodle, attendance, EDUCATOR, 8)

    choose(in_moodle)
    in_moodle.work()
    read_due(in_moodle)

    (completion,) = kept(in_moodle.database)
    assert (completion.person_id, completion.source) == (in_moodle.people[EDUCATOR], CompletionSource.LINE_ITEM)
    assert completion.counts
    mark(in_moodle, attendance, EDUCATOR, None)
    read_due(in_moodle)
    (completion,) = kept(in_moodle.database)
    assert completion.withdrawn_at is not None


def test_whoever_left_the_course_keeps_what_a_line_item_told_while_its_results_lack_them(in_moodle, attendance):
    mark(in_moodle, attendance, EDUCATOR, 8)
    choose(in_moodle)
    read_due(in_moodle)
    in_moodle.declare(EDUCATOR)
    with in_moodle.database.transaction() as db:
        membership = db.scalars(select(Membership).where(Membership.person_id == in_moodle.people[EDUCATOR])).one()
        membership.is_active = False
    practice, user = in_moodle.practice, in_moodle.practice.user(EDUCATOR).id
    del practice.course().enrolments[user], practice.lms.grades[attendance.id, user]

    read_due(in_moodle)

    (completion,) = kept(in_moodle.database)
    assert completion.counts


def test_a_result_below_the_mark_finishes_nothing_and_the_tools_own_column_cannot_be_chosen(in_moodle, attendance):
    mark(in_moodle, attendance, EDUCATOR, 7.9)

    choose(in_moodle)
    in_moodle.work()

    assert kept(in_moodle.database) == []
    with in_moodle.database.reading() as db:
        assert in_moodle.course(db).completions_read_at is not None
        items = in_moodle.practice.lms.line_items.values()
        own = next(each for each in items if each.activity_id == in_moodle.link.id)
    arrived = in_moodle.practice.launch(DESIGNER, in_moodle.link)
    with in_moodle.database.reading() as db:
        page = f"/sync/courses/{in_moodle.course(db).id}/line-item"
    assert "no such line item" in arrived.post(page, {"url": str(own.id), "mark": "1"}, status=409).text


def test_canvas_tells_no_marks_but_the_tools_own_so_no_line_item_is_offered_there(app, database, canvas_lms):
    opened = open_district(app, database, canvas_lms)
    with database.reading() as db:
        page = f"/sync/courses/{opened.course(db).id}"
    arrived = canvas_lms.launch(DESIGNER, opened.link)

    assert "Look for line items" not in arrived.get(f"{page}/paths").text
    assert "only what Like Goals itself" in arrived.post(f"{page}/line-items", status=422).text


def test_a_checkpoint_finishes_the_course_only_where_that_was_chosen(pd101):
    checkpoint = pd101.practice.place_link(LinkKind.CHECKPOINT)
    pd101.practice.launch(EDUCATOR, checkpoint)
    pd101.work()
    assert kept(pd101.database) == []

    designer = pd101.practice.launch(DESIGNER, pd101.link)
    with pd101.database.reading() as db:
        page = f"/sync/courses/{pd101.course(db).id}"
    assert "In use" in designer.post(f"{page}/checkpoint", {"finishes": "true"}).text
    for login in (EDUCATOR, EDUCATOR, DESIGNER):
        pd101.practice.launch(login, checkpoint)
    pd101.work()

    assert [(each.person_id, each.source) for each in kept(pd101.database)] == [
        (pd101.people[EDUCATOR], CompletionSource.CHECKPOINT)
    ]


def test_what_another_path_told_is_not_taken_back_by_an_lms_that_does_not_know_it(database, sample, learner, tell):
    tell({"7": True})
    with database.transaction() as db:
        db.merge(kept(database)[0]).source = CompletionSource.CHECKPOINT

    tell({"7": False})

    assert kept(database)[0].counts


def test_an_lms_that_tells_nobody_makes_a_course_not_trackable_with_what_can_be_chosen(database, sample, visit):
    with database.transaction() as db:
        db.get_one(Registration, sample.registration.id).family = Family.OTHER
        designer = make_person(db, sample, "Nora Field", Role.DESIGNER, learner=False)

    page = visit(sample, designer).get(f"/sync/courses/{sample.course.id}/paths").text

    assert "Not trackable this way" in page
    assert "Let the checkpoint finish the course" in page


def test_asking_such_an_lms_at_a_launch_ends_in_words_and_stops_nothing(app, database, sample):
    with database.transaction() as db:
        db.get_one(Registration, sample.registration.id).family = Family.OTHER
        ask_for_completions(db, db.get_one(Course, sample.course.id))

    deliver_due(database, app.extensions["settings"])

    with database.reading() as db:
        assert db.get_one(Course, sample.course.id).completions_note.startswith("This LMS tells no tool")
        assert db.scalars(select(OutboxMessage.state)).all() == [MessageState.DELIVERED]


def test_who_designs_another_course_chooses_nothing_for_this_one(database, sample, visit):
    with database.transaction() as db:
        designer = make_person(db, sample, "Nora Field", learner=False)
    visitor = visit(sample, designer, course_id=None, is_course_designer=True)

    answer = visitor.post(f"/sync/courses/{sample.course.id}/checkpoint", data={"finishes": "true"})

    assert answer.status_code == 403
    with database.reading() as db:
        assert not db.scalars(select(Course)).one().has_finishing_checkpoint
