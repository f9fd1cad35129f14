"""A course that was copied keeps what it is attached to, and begins with nobody's completions."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from sqlalchemy import func, select

import lti_tool.grades.tasks
import lti_tool.launch.tasks
import lti_tool.standards.tasks  # noqa: F401 - they register what the worker can deliver
from lti_tool.db import utc_now
from lti_tool.grades.models import Completion, CompletionSource
from lti_tool.launch.models import ContextCopy, LinkKind, ReceivedNotice, ResourceLink
from lti_tool.outbox.delivery import deliver_due
from lti_tool.outbox.models import MessageState, OutboxLane, OutboxMessage
from lti_tool.people.models import AuditEvent, Course, Identity
from lti_tool.standards.models import Alignment, Indicator, Level, Strength
from lti_tool.standards.operations import install_sample_frameworks
from practice_lms.canvas.lti.notices import announce_copy
from tests.lms_fixtures import COURSE, DESIGNER, EDUCATOR

COPY = "PD101-27"


def copy_course(practice, *, said_at_launch: bool = True):
    """Copy the course as an LMS does: its links and columns become new ones, its people stay behind."""
    lms, origin = practice.lms, practice.course()
    number = lms.new_id()
    context_id = str(number) if practice.lms.flavour == "moodle" else f"context-of-{number}"
    copied_from = [origin.context_id, *origin.copied_from] if said_at_launch else []
    lms.courses[number] = copy = replace(
        origin, id=number, context_id=context_id, label=COPY, enrolments=dict(origin.enrolments), suspended=set(),
        navigation={}, copied_from=copied_from,
    )  # fmt: skip
    links = [each for each in lms.activities.values() if each.course_id == origin.id and each.tool_id]
    for link in links:
        new = lms.new_id()
        lms.activities[new] = replace(link, id=new, course_id=number, resource_link_id=f"link-{new}")
        for column in [each for each in lms.line_items.values() if each.activity_id == link.id]:
            key = lms.new_id()
            lms.line_items[key] = replace(
                column, id=key, course_id=number, activity_id=new, resource_link_id=f"link-{new}"
            )
    return copy


def links_of(practice, course):
    return [each for each in practice.lms.activities.values() if each.course_id == course.id and each.tool_id]


def columns_of(practice, course) -> list[int]:
    return [each.id for each in practice.lms.line_items.values() if each.course_id == course.id and each.tool_id]


@pytest.fixture
def deliver(app, database):
    return lambda: deliver_due(database, app.extensions["settings"])


@pytest.fixture
def attached(any_lms, database) -> list[str]:
    """Place a link, attach the course to two indicators, complete it; return the codes of the indicators."""
    link = any_lms.place_link(LinkKind.COURSE_GOALS)
    any_lms.launch(EDUCATOR, link)
    with database.transaction() as db:
        course = db.scalars(select(Course)).one()
        install_sample_frameworks(db, course.district_id)
        chosen = db.scalars(select(Indicator).where(Indicator.level == Level.INDICATOR).limit(2)).all()
        for each in chosen:
            db.add(
                Alignment(
                    opportunity=course.opportunity, indicator=each, strength=Strength.DEVELOPS, grade_bands=["3-5"]
                )
            )
        person_id = db.scalars(select(Identity.person_id).where(Identity.sub == any_lms.user(EDUCATOR).lti_id)).one()
        db.add(
            Completion(
                district_id=course.district_id, course_id=course.id, person_id=person_id,
                source=CompletionSource.MOODLE, completed_at=utc_now(),
            )
        )  # fmt: skip
        return sorted(each.code for each in chosen)


def attachments(database, context_id: str) -> list[str]:
    with database.reading() as db:
        found = (
            select(Indicator.code, Alignment.grade_bands)
            .join(Alignment.indicator)
            .join(Course, Course.id == Alignment.opportunity_id)
            .where(Course.context_id == context_id)
        )
        return sorted(code for code, grade_bands in db.execute(found) if grade_bands == ["3-5"])


def mark(practice, course) -> None:
    """Open a link of the course as its designer, and mark the course."""
    arrived = practice.launch(DESIGNER, links_of(practice, course)[0])
    assert arrived.post("/course/mark").status == 200


def said_to_designer(practice, course):
    """Return what the first page says to the designer of a course."""
    arrived = practice.launch(DESIGNER, links_of(practice, course)[0])
    return arrived.get("/?as=designer").text


def wait_for_notices(database, number: int) -> None:
    for _ in range(200):
        with database.reading() as db:
            if db.scalar(select(func.count(ReceivedNotice.id))) >= number:
                return
        time.sleep(0.05)
    raise AssertionError("no notice came")


def test_a_marked_copy_keeps_its_attachments_and_inherits_no_completions(any_lms, attached, deliver, database):
    copy = copy_course(any_lms)
    columns = columns_of(any_lms, copy)
    assert f"is a copy of {any_lms.course().title}" in said_to_designer(any_lms, copy)

    mark(any_lms, copy)
    any_lms.launch(EDUCATOR, links_of(any_lms, copy)[0])
    deliver()

    assert attachments(database, copy.context_id) == attached
    assert attachments(database, any_lms.course().context_id) == attached
    assert columns_of(any_lms, copy) == columns
    with database.reading() as db:
        course = db.scalars(select(Course).where(Course.context_id == copy.context_id)).one()
        assert db.scalar(select(func.count(Completion.id)).where(Completion.course_id == course.id)) == 0
        events = select(AuditEvent).where(AuditEvent.action == "course_aligned", AuditEvent.subject_id == course.id)
        event = db.scalars(events).one()
        assert event.actor_id == course.marked_by_id
        assert len(event.detail["added"]) == len(attached)
        links = db.scalars(select(ResourceLink).where(ResourceLink.course_id == course.id)).all()
    assert [each.kind for each in links] == [LinkKind.COURSE_GOALS]
    assert f"/{copy.id}/" in links[0].line_item_url


def test_a_copy_stays_closed_until_somebody_marks_it(any_lms, attached, deliver, database):
    copy = copy_course(any_lms)

    arrived = any_lms.launch(EDUCATOR, links_of(any_lms, copy)[0])
    deliver()

    assert "nothing was stored" in arrived.page.text
    assert attachments(database, copy.context_id) == []


def test_a_copy_that_is_attached_already_stays_as_it_is(any_lms, attached, deliver, database):
    copy = copy_course(any_lms, said_at_launch=False)
    mark(any_lms, copy)
    with database.transaction() as db:
        course = db.scalars(select(Course).where(Course.context_id == copy.context_id)).one()
        other = db.scalars(select(Indicator).where(Indicator.level == Level.INDICATOR, ~Indicator.code.in_(attached)))
        db.add(
            Alignment(
                opportunity=course.opportunity,
                indicator=(chosen := other.first()),
                strength=Strength.DEVELOPS,
                grade_bands=["3-5"],
            )
        )
    copy.copied_from = [any_lms.course().context_id]

    any_lms.launch(EDUCATOR, links_of(any_lms, copy)[0])
    deliver()

    assert attachments(database, copy.context_id) == [chosen.code]


def test_a_copy_that_was_marked_before_its_history_was_known_catches_up(any_lms, attached, deliver, database):
    copy = copy_course(any_lms, said_at_launch=False)
    mark(any_lms, copy)
    deliver()
    assert attachments(database, copy.context_id) == []
    copy.copied_from = ["unknown", any_lms.course().context_id]

    any_lms.launch(EDUCATOR, links_of(any_lms, copy)[0])
    deliver()

    assert attachments(database, copy.context_id) == attached


def test_a_launch_that_offers_notices_has_the_lms_asked_for_them_once(any_lms, deliver, database):
    link = any_lms.place_link()
    deliver()
    any_lms.launch(EDUCATOR, link)
    deliver()

    with database.reading() as db:
        asked = db.scalars(select(OutboxMessage).where(OutboxMessage.kind == "notices.subscribe")).all()
    if any_lms.lms.flavour == "moodle":
        assert asked == []
        return
    assert [each.state for each in asked] == [MessageState.DELIVERED]
    assert any_lms.lms.lti.notice_handlers == {
        (any_lms.tool.id, "LtiContextCopyNotice"): f"{any_lms.tool_url}/lti/notices"
    }


def test_an_lms_that_refuses_to_send_notices_still_gets_its_scores(canvas_lms, deliver, database):
    canvas_lms.tool.domain, canvas_lms.tool.redirect_uris[:] = "elsewhere.example.test", canvas_lms.tool.redirect_uris
    canvas_lms.place_link()
    canvas_lms.tool.redirect_uris[:] = []

    deliver()

    with database.reading() as db:
        message = db.scalars(select(OutboxMessage).where(OutboxMessage.kind == "notices.subscribe")).one()
        lanes = db.scalars(select(OutboxLane.name).where(OutboxLane.name == f"platform:{canvas_lms.registration_id}"))
        assert lanes.all() == []
    assert message.state is MessageState.REJECTED
    assert message.lane == f"notices:{canvas_lms.registration_id}"


@pytest.mark.parametrize("any_lms", ["canvas"], indirect=True)
def test_a_notice_brings_the_attachments_where_launches_do_not_say_what_was_copied(
    any_lms, attached, deliver, database
):
    deliver()
    copy = copy_course(any_lms, said_at_launch=False)
    copy.copied_from = [any_lms.course(COURSE).context_id]
    announce_copy(any_lms.lms, copy)
    wait_for_notices(database, 1)
    copy.copied_from = []
    with database.reading() as db:
        assert db.scalars(select(ContextCopy.context_id)).all() == [copy.context_id]
    assert f"is a copy of {any_lms.course().title}" in said_to_designer(any_lms, copy)

    mark(any_lms, copy)
    deliver()

    assert attachments(database, copy.context_id) == attached
    with database.reading() as db:
        assert db.scalars(select(ContextCopy)).all() == []
