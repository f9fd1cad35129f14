"""A practice LMS filled with the district "Cedar Valley", and look-ups by login and course label."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from practice_lms.cedar_valley import ADMINISTRATOR, COURSES, PEOPLE, PUPILS, CoursePlan, Page, Person
from practice_lms.keys import PlatformKeys
from practice_lms.state import (
    Activity,
    Course,
    Enrolment,
    Flavour,
    LineItem,
    Lms,
    Requirement,
    Section,
    User,
)

STARTED_AT = datetime(2026, 8, 17, tzinfo=UTC)
PASS_GRADE = 70.0
FULL_GRADE = 100.0


def build_district(flavour: Flavour, url: str, keys: PlatformKeys | None = None) -> Lms:
    """Return a practice LMS with everybody and every course of Cedar Valley; the same input gives the same district."""
    lms = Lms(flavour, url, keys or PlatformKeys())
    for person in (*PEOPLE, *PUPILS):
        _add_user(lms, person)
    for plan in COURSES:
        _add_course(lms, plan)
    return lms


def user_by_login(lms: Lms, login: str) -> User:
    """Return the person with this login, such as `ana.ruiz`; raise KeyError when there is none."""
    for user in lms.users.values():
        if user.login == login:
            return user
    raise KeyError(login)


def course_by_label(lms: Lms, label: str) -> Course:
    """Return the course with this label, such as `PD101`; raise KeyError when there is none."""
    for course in lms.courses.values():
        if course.label == label:
            return course
    raise KeyError(label)


def _add_user(lms: Lms, person: Person) -> None:
    number = lms.new_id()
    lms.users[number] = User(
        id=number,
        lti_id=_subject(lms, number),
        login=person.login,
        given_name=person.given_name,
        family_name=person.family_name,
        email=f"{person.login}@example.test",
        sis_id=f"SIS-{person.login}",
        school=person.school,
        position=person.position,
        role=person.role,
        administrator=person.login == ADMINISTRATOR,
    )


def _subject(lms: Lms, number: int) -> str:
    """Return the `sub` of launches: Moodle sends the user id (mod/lti/locallib.php), Canvas a UUID (jwt_message.rb)."""
    if lms.flavour is Flavour.MOODLE:
        return str(number)
    return str(uuid.UUID(lms.opaque_id("user", number)[:32], version=4))


def _add_course(lms: Lms, plan: CoursePlan) -> None:
    number = lms.new_id()
    context_id = str(number) if lms.flavour is Flavour.MOODLE else lms.opaque_id("course", number)
    course = Course(number, context_id, plan.label, plan.title, sis_id=f"SIS-{plan.label}", starts_at=STARTED_AT)
    lms.courses[number] = course
    for login in plan.learners:
        course.enrolments[user_by_login(lms, login).id] = Enrolment.STUDENT
    for login, enrolment in plan.staff.items():
        course.enrolments[user_by_login(lms, login).id] = enrolment
    for page in plan.pages:
        _add_page(lms, course, page)
    if plan.by_school:
        _add_sections(lms, course)


def _add_page(lms: Lms, course: Course, page: Page) -> None:
    number = lms.new_id()
    graded = page.requirement is Requirement.PASS
    lms.activities[number] = Activity(
        number,
        course.id,
        page.title,
        page.requirement,
        page.body,
        submission_type="none",
        pass_grade=PASS_GRADE if graded else None,
    )
    if graded:
        column = lms.new_id()
        lms.line_items[column] = LineItem(column, course.id, page.title, FULL_GRADE, None, number, coupled=True)


def _add_sections(lms: Lms, course: Course) -> None:
    members: dict[str, set[int]] = {}
    for user_id in course.enrolments:
        members.setdefault(lms.users[user_id].school, set()).add(user_id)
    for school, user_ids in members.items():
        number = lms.new_id()
        lms.sections[number] = Section(number, course.id, school, f"{course.sis_id}-{number}", user_ids)
