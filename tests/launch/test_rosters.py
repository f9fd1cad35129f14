"""Rosters of marked courses: who is in them is kept in step, and no bad read takes anybody out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import delete, select

import lti_tool.launch.tasks  # noqa: F401 - registers what the worker can deliver
from lti_tool.db import Database, utc_now
from lti_tool.launch.models import Family, Registration
from lti_tool.launch.operations.rosters import enqueue_due_rosters, read_roster_now, record_roster
from lti_tool.lms.advantage import Member
from lti_tool.outbox.delivery import deliver_due
from lti_tool.outbox.models import OutboxLane
from lti_tool.people.models import Course, CourseRole, Identity, Membership, Person, Role
from lti_tool.people.operations import erase_person
from practice_lms.faults import Fault, Kind
from practice_lms.state import Enrolment
from tests.conftest import make_person
from tests.lms_fixtures import COURSE, DESIGNER, EDUCATOR, PracticeLms
from tests.teams.declared import make_identity


@pytest.fixture
def read(app: Flask, database: Database, any_lms: PracticeLms) -> Callable[[], Course]:
    """Return `read()`: lets the day pass until the rosters are due, and the worker look."""
    any_lms.launch(DESIGNER, any_lms.place_link())

    def read_rosters() -> Course:
        with database.transaction() as db:
            db.scalars(select(Course)).one().roster_asked_at = None
            assert enqueue_due_rosters(db, utc_now()) == 1
        deliver_due(database, app.extensions["settings"])
        with database.reading() as db:
            return db.get_one(Course, db.scalars(select(Course.id)).one())

    return read_rosters


def ask(app: Flask, database: Database, *, is_confirmed: bool = False) -> Course:
    """Have the roster read as somebody asks for it on the page."""
    with database.transaction() as db:
        db.execute(delete(OutboxLane))
        course, actor = db.scalars(select(Course)).one(), db.scalars(select(Person).limit(1)).one()
        read_roster_now(db, actor, course.id, is_confirmed=is_confirmed)
    deliver_due(database, app.extensions["settings"])
    with database.reading() as db:
        return db.get_one(Course, course.id)


def roles(database) -> dict[str, CourseRole]:
    """Return who is active in the course, by the LMS's name of them."""
    found = select(Identity.sub, Membership.role).join(Membership, Membership.person_id == Identity.person_id)
    with database.reading() as db:
        return dict(db.execute(found.where(Membership.is_active)).all())


def learners(lms: PracticeLms) -> list[int]:
    return [user for user, role in lms.course(COURSE).enrolments.items() if role is Enrolment.STUDENT]


def leave(lms: PracticeLms, *users: int) -> None:
    for user in users:
        del lms.course(COURSE).enrolments[user]


def test_a_roster_brings_everybody_and_takes_out_who_left_until_they_come_back(any_lms, database, read):
    read()

    course, present = any_lms.course(COURSE), roles(database)
    known = {any_lms.lms.users[user].lti_id for user in learners(any_lms)}
    assert known <= {sub for sub, role in present.items() if role is CourseRole.LEARNER}
    with database.reading() as db:
        assert all(db.scalars(select(Identity.lms_user_id)))
        assert all(db.scalars(select(Person.name)))
    gone = learners(any_lms)[0]
    leave(any_lms, gone)
    read()
    assert roles(database).keys() == present.keys() - {any_lms.lms.users[gone].lti_id}
    course.enrolments[gone] = Enrolment.STUDENT
    read()
    assert roles(database) == present


def test_a_roster_that_fails_or_lacks_most_takes_nobody_out_until_somebody_says_so(any_lms, app, database, read):
    read()
    present, left = roles(database), learners(any_lms)
    leave(any_lms, *left)
    path = "/api/lti/courses" if any_lms.lms.flavour == "canvas" else "/mod/lti/services.php"
    any_lms.server.app.extensions["faults"].add(Fault(Kind.REFUSE, path))

    failed = read()
    assert (failed.roster_note != "", roles(database)) == (True, present)
    short = ask(app, database)

    assert short.roster_lacks == len(left)
    assert "Nobody was taken out" in short.roster_note
    assert roles(database) == present
    sure = ask(app, database, is_confirmed=True)
    assert (sure.roster_lacks, len(roles(database))) == (0, len(present) - len(left))


@pytest.mark.parametrize(
    ("size", "there", "lacks"), [(20, 10, 10), (20, 17, 0), (4, 1, 3), (4, 2, 2), (4, 3, 0), (5, 3, 0), (7, 4, 0)]
)
def test_the_first_page_of_a_roster_takes_nobody_out(size, there, lacks, database, sample):
    with database.transaction() as db:
        db.get_one(Course, sample.course.id).professional_learning_at = utc_now()
        subs = [make_identity(db, sample, make_person(db, sample, f"Person {number}")).sub for number in range(size)]
        members = [Member(sub, ("Learner",)) for sub in subs]
        record_roster(db, sample.course.id, members, utc_now())
    with database.transaction() as db:
        record_roster(db, sample.course.id, members[:there], utc_now())

    with database.reading() as db:
        active = len(db.scalars(select(Membership.id).where(Membership.is_active)).all())
        assert (active, db.get_one(Course, sample.course.id).roster_lacks) == (size if lacks else there, lacks)


def test_whoever_erased_themselves_comes_back_by_their_own_launch_alone(any_lms, database, read):
    read()
    sub = any_lms.user(EDUCATOR).lti_id
    with database.transaction() as db:
        erase_person(db, db.scalars(select(Identity).where(Identity.sub == sub)).one().person)

    read()
    assert sub not in roles(database)

    any_lms.launch(EDUCATOR, next(each for each in any_lms.lms.activities.values() if each.tool_id))
    assert sub in roles(database)


def test_no_roster_is_read_of_a_course_that_nobody_marked(database, sample):
    with database.transaction() as db:
        course = db.get_one(Course, sample.course.id)
        course.memberships_url, course.professional_learning_at = "http://127.0.0.1:1/members", None

        assert enqueue_due_rosters(db, utc_now()) == 0


@pytest.mark.parametrize("role", [None, Role.DESIGNER])
def test_a_roster_of_canvas_makes_no_second_person_of_somebody_with_another_sub_in_another_course(
    role, database, sample
):
    with database.transaction() as db:
        db.get_one(Registration, sample.registration.id).family = Family.CANVAS
        person = make_person(db, sample, "Ana Ruiz", *([role] if role else []))
        make_identity(db, sample, person, "7").global_user_id = "10000000000007"
    custom = {"canvas_user_id": "7", "canvas_global_user_id": "10000000000007"}

    with database.transaction() as db:
        db.get_one(Course, sample.course.id).professional_learning_at = utc_now()
        record_roster(db, sample.course.id, [Member("another-sub", ("Learner",), custom=custom)], utc_now())

    with database.reading() as db:
        assert db.scalars(select(Person.id)).all() == [person.id]
        joined = [] if role else ["another-sub"]  # whoever has a role joins the two by a launch of their own
        assert db.scalars(select(Identity.sub).order_by(Identity.id)).all() == ["7", *joined]


def test_a_roster_of_canvas_fills_in_by_which_id_its_rest_side_knows_somebody(database, sample):
    with database.transaction() as db:
        db.get_one(Registration, sample.registration.id).family = Family.CANVAS
        make_identity(db, sample, make_person(db, sample, "Ana Ruiz"), "ana").lms_user_id = ""
        db.get_one(Course, sample.course.id).professional_learning_at = utc_now()
    for custom in ({}, {"canvas_user_id": "$Canvas.user.id"}, {"canvas_user_id": "7"}, {"canvas_user_id": "8"}):
        with database.transaction() as db:
            record_roster(db, sample.course.id, [Member("ana", ("Learner",), custom=custom)], utc_now())

    with database.reading() as db:
        assert db.scalars(select(Identity.lms_user_id)).all() == ["7"]
