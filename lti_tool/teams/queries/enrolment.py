"""Who of some people is enrolled in which course, as the LMS last said: asked before a team's group is made there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, aliased

from lti_tool.errors import NotFoundError
from lti_tool.people.models import Course, Identity, Membership, Person

COURSES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class CourseChoice:
    """A course in which a group can be made, and how many of the people are enrolled there."""

    course: Course
    enrolled: int


def courses_for(db: Session, person: Person, person_ids: Collection[int], words: str = "") -> Sequence[CourseChoice]:
    """Return the district's marked courses, those first in which most of these people are enrolled."""
    of_them = and_(Membership.course_id == Course.id, Membership.is_active, Membership.person_id.in_(person_ids))
    count = func.count(Membership.id)
    found = select(Course, count).outerjoin(Membership, of_them).where(_is_marked(person)).group_by(Course.id)
    if words:
        found = found.where(Course.title.icontains(words, autoescape=True))
    rows = db.execute(found.order_by(count.desc(), Course.title, Course.id).limit(COURSES_SHOWN))
    return [CourseChoice(course, enrolled) for course, enrolled in rows]


def marked_course(db: Session, person: Person, course_id: int) -> Course:
    """Return a course of the person's district that is marked as professional learning."""
    course = db.scalar(select(Course).where(Course.id == course_id, _is_marked(person)))
    if course is None:
        raise NotFoundError
    return course


def not_enrolled(db: Session, course: Course, people: Collection[Person]) -> list[Person]:
    """Return who of these people is not enrolled in a course, in the same order."""
    ids = {person.id for person in people}
    enrolled = select(Membership.person_id).where(Membership.course_id == course.id, Membership.is_active)
    there = set(db.scalars(enrolled.where(Membership.person_id.in_(ids))))
    return [person for person in people if person.id not in there]


def account_in(course: Course, *, has_rest_id: bool = True) -> ColumnElement[bool]:
    """Say in SQL which account of a course's LMS is a person's: the newest, as a merge of users leaves older ones."""
    newest = aliased(Identity)
    last = select(func.max(newest.id)).where(
        newest.person_id == Person.id, newest.registration_id == course.registration_id
    )
    return Identity.id == (last.where(newest.lms_user_id != "") if has_rest_id else last).scalar_subquery()


def _is_marked(person: Person) -> ColumnElement[bool]:
    return and_(Course.district_id == person.district_id, Course.professional_learning_at.is_not(None))
