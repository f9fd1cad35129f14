"""Nothing is stored of a course that nobody marked as professional learning."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from lti_tool.db import Base
from lti_tool.launch import names
from lti_tool.launch.models import LinkKind
from lti_tool.people.models import Course, Identity, Membership, Person
from practice_lms.state import Activity, Flavour
from tests.launch.signing_platform import LEARNER
from tests.lms_fixtures import COURSE, DESIGNER, EDUCATOR

PUPIL = "pupil.ivy"
SCIENCE = "SCI7"


def row_counts(database):
    with database.reading() as db:
        return {
            table.name: db.scalar(select(func.count()).select_from(table))
            for table in Base.metadata.sorted_tables
            if table.name != "login"
        }


def link_in(lms, label):
    """Place a link as a teacher of Moodle does by hand, without the tool."""
    number, course = lms.lms.new_id(), lms.course(label)
    lms.lms.activities[number] = link = Activity(
        number, course.id, "Goals", tool_id=lms.tool.id, resource_link_id=f"link-{number}",
        custom={"kind": LinkKind.PLAN.value},
    )  # fmt: skip
    return link


def test_a_pupil_of_an_unmarked_course_gets_a_plain_page_and_leaves_nothing(any_lms, database):
    any_lms.place_link()
    link = link_in(any_lms, SCIENCE)
    before = row_counts(database)

    arrived = any_lms.launch(PUPIL, link)

    assert arrived.page.status == 200
    assert "nothing was stored" in arrived.page.text
    assert row_counts(database) == before


def test_a_pupil_leaves_nothing_where_the_course_was_marked_and_is_marked_no_more(any_lms, database):
    any_lms.place_link()
    designer = any_lms.launch(DESIGNER, link_in(any_lms, COURSE))
    assert designer.post("/course/unmark").status == 200
    before = row_counts(database)

    any_lms.launch(EDUCATOR, link_in(any_lms, COURSE))

    assert row_counts(database) == before


def test_a_teacher_of_an_unmarked_course_comes_in_without_the_course_being_stored(any_lms, database):
    arrived = any_lms.launch("marcus.reed", link_in(any_lms, SCIENCE))

    assert arrived.page.status == 200
    with database.reading() as db:
        assert db.scalar(select(func.count(Person.id))) == 1
        assert db.scalar(select(func.count(Course.id))) == 0
        assert db.scalar(select(func.count(Membership.id))) == 0


def test_a_designer_marks_the_course_and_its_learners_come_in(any_lms, database):
    link = link_in(any_lms, COURSE)
    designer = any_lms.launch(DESIGNER, link)

    marked = designer.post("/course/mark")

    assert marked.status == 200
    assert not marked.url.endswith("/mark")
    assert any_lms.launch(EDUCATOR, link).base
    with database.reading() as db:
        course = db.scalars(select(Course)).one()
        assert course.is_professional_learning
        assert course.title == any_lms.course(COURSE).title
        assert course.lms_course_id == str(any_lms.course(COURSE).id)
        assert course.launch_url.startswith(any_lms.url)


def test_an_educator_cannot_mark_a_course(any_lms):
    any_lms.place_link()
    educator = any_lms.launch(EDUCATOR, link_in(any_lms, COURSE))

    assert educator.post("/course/unmark", status=403).status == 403


def test_in_an_lms_of_staff_alone_every_course_counts(run_lms, database):
    lms = run_lms(Flavour.MOODLE)
    lms.register(staff_only=True)

    arrived = lms.launch(EDUCATOR, link_in(lms, COURSE))

    assert arrived.base
    with database.reading() as db:
        assert db.scalars(select(Course)).one().is_professional_learning


def test_a_merged_canvas_user_is_found_again_by_the_signed_global_id(canvas_lms, database):
    link = canvas_lms.place_link()
    canvas_lms.launch(EDUCATOR, link)
    canvas_lms.user(EDUCATOR).lti_id = "another-subject"

    canvas_lms.launch(EDUCATOR, link)

    with database.reading() as db:
        identities = db.scalars(
            select(Identity).join(Identity.person).where(Person.name == canvas_lms.user(EDUCATOR).name)
        ).all()
    assert len(identities) == 2
    assert len({each.person_id for each in identities}) == 1


def test_an_account_launch_lets_in_whom_the_tool_knows_and_stores_nobody_else(new_platform, client, database):
    platform = new_platform()
    account = {names.CONTEXT: {"id": "account-1", "type": ["Account"]}, names.ROLES: [LEARNER]}

    response = platform.launch(client, **account)

    assert response.status_code == 200
    assert "nothing was stored" in response.text
    with database.reading() as db:
        assert db.scalar(select(func.count(Person.id))) == 0


@pytest.mark.parametrize("login", ["zola.dlamini"])
def test_the_root_administrator_of_canvas_administers_the_district(login, canvas_lms):
    arrived = canvas_lms.launch_account(login)

    assert arrived.get("/connections/").status == 200
