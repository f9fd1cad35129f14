"""Reads of courses: how their completions come in, and which of them somebody has to decide about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Subquery, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from lti_tool.errors import NotFoundError
from lti_tool.grades.models import Completion, CompletionSource
from lti_tool.grades.operations.holding import IS_HELD, IS_RECALLED, WAS_TAKEN_BACK
from lti_tool.launch.models import LinkKind, Registration, ResourceLink, RestAccess
from lti_tool.paging import cut
from lti_tool.people.models import Course, Person
from lti_tool.plans.coherence import FinishedCourse
from lti_tool.plans.models.plans import FIRST_MONTH

PAGE_SIZE = 50
MOST_HELD = 200
"""How many completions are shown at once to be decided about; what is decided about all is not bound to it."""


@dataclass(frozen=True, slots=True)
class CourseReading:
    """A marked course, and how the tool stands with its completions."""

    course: Course
    registration: Registration
    is_connected: bool
    completed: int

    @property
    def is_asked(self) -> bool:
        """Whether the LMS can be asked who finished it."""
        return self.is_connected or bool(self.course.completion_item_url)


@dataclass(frozen=True, slots=True)
class Paths:
    """How the completions of a course can come in, and how many came."""

    registration: Registration
    is_connected: bool
    has_checkpoint: bool
    """Whether somebody opened a checkpoint link in the course."""
    counts: Mapping[CompletionSource, int]


def readings_of(
    db: Session, person: Person, *, registration_id: int | None = None, after: int = 0
) -> tuple[list[CourseReading], int | None]:
    """Return a page of the district's marked courses, or of one LMS, with what is known of their completions."""
    page = _page_of(person, registration_id, after)
    completed = (
        select(func.count())
        .where(Completion.course_id == page.c.id, Completion.withdrawn_at.is_(None))
        .scalar_subquery()
    )
    rows = db.execute(
        select(Course, Registration, RestAccess, completed)
        .join(page, page.c.id == Course.id)
        .join(Registration, Registration.id == Course.registration_id)
        .outerjoin(RestAccess, RestAccess.registration_id == Registration.id)
        .order_by(Course.id)
    )
    found = [
        CourseReading(course, lms, bool(access and access.is_connected), count) for course, lms, access, count in rows
    ]
    readings, last = cut(found, PAGE_SIZE)
    return readings, last.course.id if last else None


def _page_of(person: Person, registration_id: int | None, after: int) -> Subquery:
    """Choose the courses of a page before anything of them is counted."""
    marked = select(Course.id).where(
        Course.district_id == person.district_id, Course.professional_learning_at.is_not(None), Course.id > after
    )
    if registration_id is not None:
        marked = marked.where(Course.registration_id == registration_id)
    return marked.order_by(Course.id).limit(PAGE_SIZE + 1).subquery()


def course_of(db: Session, person: Person, course_id: int) -> Course:
    """Return one course of the district."""
    course = db.scalar(select(Course).where(Course.id == course_id, Course.district_id == person.district_id))
    if course is None:
        raise NotFoundError
    return course


def paths_of(db: Session, course: Course) -> Paths:
    """Return how the completions of a course can come in."""
    with_access = [joinedload(Registration.rest_access)]
    registration = db.get_one(Registration, course.registration_id, options=with_access)
    there = (Completion.course_id == course.id, Completion.withdrawn_at.is_(None))
    counts = select(Completion.source, func.count()).where(*there).group_by(Completion.source)
    is_checkpoint = (ResourceLink.course_id == course.id, ResourceLink.kind == LinkKind.CHECKPOINT)
    access = registration.rest_access
    return Paths(
        registration,
        is_connected=bool(access and access.is_connected),
        has_checkpoint=db.scalar(select(ResourceLink.id).where(*is_checkpoint).limit(1)) is not None,
        counts=dict(db.execute(counts).all()),
    )


def held_of(db: Session, course: Course) -> Sequence[Completion]:
    """Return the completions of a course about which an administrator can decide, by name."""
    return db.scalars(
        select(Completion)
        .join(Completion.person)
        .where(Completion.course_id == course.id, or_(IS_HELD, IS_RECALLED, WAS_TAKEN_BACK))
        .options(contains_eager(Completion.person))
        .order_by(Person.name, Person.id)
        .limit(MOST_HELD + 1)
    ).all()


def finished_courses(db: Session, person: Person, school_year: int) -> list[FinishedCourse]:
    """Return the courses that the LMS reports the person finished in a school year, by title."""
    begin, end = (datetime(year, FIRST_MONTH, 1, tzinfo=UTC) for year in (school_year, school_year + 1))
    moment = func.coalesce(Completion.completed_at, Completion.noticed_at)
    counts = (Completion.withdrawn_at.is_(None), Completion.held_at.is_(None))
    found = select(Course.id, Course.title).join(Completion, Completion.course_id == Course.id)
    own = found.where(Completion.person_id == person.id, *counts, moment >= begin, moment < end)
    return [FinishedCourse(course_id, title) for course_id, title in db.execute(own.order_by(Course.title, Course.id))]
