"""A link whose launches name no line item gets one: once, by whichever worker, and never that of another course."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import request
from sqlalchemy import select, update

from lti_tool.db import utc_now
from lti_tool.grades.models import Score, ScoreState
from lti_tool.grades.operations.line_items import MOST, enqueue_line_items, keep_for_link, plan_for_link
from lti_tool.launch.models import LinkKind, ResourceLink
from lti_tool.lms.advantage import Advantage
from lti_tool.lms.line_items import find_or_make
from lti_tool.lms.platform import Scope
from lti_tool.lms.tokens import AccessTokens
from lti_tool.outbox.models import OutboxMessage
from tests.conftest import make_course, make_person
from tests.grades.test_delivery import compare, make_due, meet
from tests.lms_fixtures import DESIGNER, EDUCATOR, any_lms, moodle_lms, platform_keys, run_lms, tool_server
from tests.teams.in_lms import District101, open_district

__all__ = ["any_lms", "moodle_lms", "platform_keys", "run_lms", "tool_server"]


def without_column(opened: District101) -> District101:
    """Let the link take no grades, as a teacher can decide in both LMSs, and an educator meet a goal."""
    lms = opened.practice.lms
    for item in [each for each in lms.line_items.values() if each.activity_id == opened.link.id]:
        del lms.line_items[item.id]
    opened.arrive(EDUCATOR)
    meet(opened, opened.declare(EDUCATOR))
    opened.work()
    return opened


@pytest.fixture
def pd101(app, database, any_lms) -> District101:
    return without_column(open_district(app, database, any_lms))


@pytest.fixture
def in_moodle(app, database, moodle_lms) -> District101:
    return without_column(open_district(app, database, moodle_lms))


def test_a_course_that_is_not_marked_any_more_gets_no_line_item(pd101):
    with pd101.database.transaction() as db:
        pd101.course(db).professional_learning_at = None
        assert enqueue_line_items(db, utc_now()) == 0
        pd101.course(db).professional_learning_at = utc_now()
        assert enqueue_line_items(db, utc_now()) == 1


def columns(pd101: District101) -> list[int]:
    return [each.id for each in pd101.practice.lms.line_items.values() if each.tool_id]


def link_of(pd101: District101) -> ResourceLink:
    with pd101.database.reading() as db:
        return db.scalars(select(ResourceLink)).one()


def equip(pd101: District101) -> int:
    with pd101.database.transaction() as db:
        asked = enqueue_line_items(db, utc_now())
    pd101.work()
    return asked


def worker(pd101: District101, link_id: int) -> Callable[[], None]:
    """Return what a worker does with the message of a link."""
    settings = pd101.app.extensions["settings"]

    def work() -> None:
        with pd101.database.transaction() as db:
            plan = plan_for_link(db, link_id, settings)
        assert plan is not None
        item = find_or_make(Advantage(plan.platform, AccessTokens(pd101.database, settings.secret_key)), plan.spec)
        with pd101.database.transaction() as db:
            keep_for_link(db, link_id, item)

    return work


def test_a_score_without_a_place_gets_one_that_later_launches_do_not_take_away(pd101):
    assert columns(pd101) == []

    assert equip(pd101) == 1

    assert len(columns(pd101)) == 1
    with pd101.database.reading() as db:
        score = db.scalars(select(Score)).one()
    assert score.state is ScoreState.CONFIRMED, score.outcome
    pd101.practice.launch(DESIGNER, pd101.link)
    assert link_of(pd101).line_item_url == score.line_item_url
    assert equip(pd101) == 0
    assert len(columns(pd101)) == 1


def delete_column(pd101: District101) -> None:
    """Delete the tool's own column, as a teacher can."""
    (column,) = columns(pd101)
    lms = pd101.practice.lms
    del lms.line_items[column]
    for cell in [each for each in lms.grades if each[0] == column]:
        del lms.grades[cell]


def results(pd101: District101) -> list[tuple[int, int]]:
    """Return the cells of the tool's columns that hold a score, and how often each was written."""
    found = sorted(pd101.practice.lms.grades.items())
    return [(user, grade.writes) for (column, user), grade in found if column in columns(pd101)]


@pytest.mark.parametrize("found_by", ["a new score", "the daily comparison"])
def test_a_line_item_of_the_tools_own_that_was_deleted_is_made_again_once_with_all_its_scores(pd101, found_by):
    equip(pd101)
    delete_column(pd101)
    users = [pd101.practice.user(EDUCATOR).id]
    if found_by == "a new score":
        pd101.arrive("ben.okafor")
        users.append(pd101.practice.user("ben.okafor").id)
        meet(pd101, pd101.declare("ben.okafor"))
        pd101.work()
    else:
        compare(pd101)

    assert len(columns(pd101)) == 1
    assert results(pd101) == [(user, 1) for user in sorted(users)]
    with pd101.database.reading() as db:
        assert {score.state for score in db.scalars(select(Score))} == {ScoreState.CONFIRMED}

    delete_column(pd101)
    with pd101.database.transaction() as db:
        db.execute(update(OutboxMessage).values(created_at=utc_now() - timedelta(days=2)))
    compare(pd101)

    assert columns(pd101) == [], "whoever deletes it twice means it"
    with pd101.database.reading() as db:
        assert {score.cause for score in db.scalars(select(Score))} == {"line_item_gone"}


def test_a_line_item_that_is_there_after_all_is_not_made_twice(pd101):
    equip(pd101)
    pd101.arrive("ben.okafor")
    wrong = ["/scores"]

    def say_that_it_is_gone() -> tuple[str, int] | None:
        if wrong and request.path.endswith(wrong[0]):
            wrong.clear()
            return "", 404
        return None

    pd101.practice.server.app.before_request_funcs.setdefault(None, []).append(say_that_it_is_gone)
    meet(pd101, pd101.declare("ben.okafor"))
    pd101.work()
    assert len(columns(pd101)) == 1

    make_due(pd101)
    pd101.work()

    assert [writes for _user, writes in results(pd101)] == [1, 1]


def test_two_workers_that_race_leave_one_line_item(pd101):
    meeting, left = threading.Barrier(2, timeout=20), [1, 2]

    def wait_for_the_other() -> None:
        if left and request.method == "POST" and request.path.endswith(("/lineitems", "/line_items")):
            left.pop()
            meeting.wait()  # both have seen that there is none

    pd101.practice.server.app.before_request_funcs.setdefault(None, []).insert(0, wait_for_the_other)
    workers = [threading.Thread(target=worker(pd101, link_of(pd101).id)) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()

    (column,) = columns(pd101)
    assert left == []
    assert str(column) in link_of(pd101).own_line_item_url


def test_a_copied_link_does_not_take_the_line_item_of_the_course_it_came_from(in_moodle):
    equip(in_moodle)
    old = link_of(in_moodle)
    with in_moodle.database.transaction() as db:
        origin = in_moodle.course(db)
        copy = make_course(db, origin.district_id, origin.registration_id, origin.deployment_id, "Copy")
        copy.line_items_url = origin.line_items_url  # an LMS that lists the line items of all courses
        link = ResourceLink(course_id=copy.id, resource_link_id="copied", kind=LinkKind.COURSE_GOALS)
        db.add(link)
        db.flush()
        plan = plan_for_link(db, link.id, in_moodle.app.extensions["settings"])
    assert plan is not None

    assert old.line_item_url in plan.spec.taken
    spec = replace(plan.spec, resource_link_id="")
    tokens = AccessTokens(in_moodle.database, in_moodle.app.extensions["settings"].secret_key)
    made = find_or_make(Advantage(plan.platform, tokens), spec)
    assert made.url != old.line_item_url
    assert find_or_make(Advantage(plan.platform, tokens), spec).url == made.url


def test_a_line_item_for_who_finished_is_made_and_chosen(in_moodle):
    with in_moodle.database.reading() as db:
        page = f"/sync/courses/{in_moodle.course(db).id}"
    arrived = in_moodle.practice.launch(DESIGNER, in_moodle.link)

    arrived.post(f"{page}/line-item/new")
    in_moodle.work()

    assert "“Finished:" in arrived.get(f"{page}/paths").text


def test_links_that_may_make_none_keep_nobody_else_waiting(database, sample):
    with database.transaction() as db:
        person = make_person(db, sample, "Ana Ruiz")
        for number in range(MOST + 1):
            course = make_course(db, sample.district.id, sample.registration.id, sample.deployment.id)
            course.line_items_url = "http://lms.test/items"
            course.scopes = [Scope.LINE_ITEM if number == MOST else Scope.LINE_ITEM_READ]
            db.flush()
            db.add_all(
                [
                    ResourceLink(course_id=course.id, resource_link_id="x", kind=LinkKind.COURSE_GOALS),
                    Score(
                        district_id=sample.district.id, course_id=course.id, person_id=person.id, achieved_at=utc_now(),
                        state=ScoreState.NEEDS_ATTENTION, cause="no_line_item",
                    ),
                ]
            )  # fmt: skip
    with database.transaction() as db:
        assert enqueue_line_items(db, utc_now()) == 1
