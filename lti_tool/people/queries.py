"""Reads about people, each scoped to the district of whoever asks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from lti_tool.db import utc_now
from lti_tool.errors import NotFoundError
from lti_tool.paging import cut, following
from lti_tool.people.models import (
    HELD_ONCE,
    LASTS,
    Course,
    CourseRole,
    Identity,
    Membership,
    Opportunity,
    Person,
    Role,
    RoleGrant,
    School,
    Supervision,
)

PAGE_SIZE = 50
BY_TITLE = (Opportunity.title, Opportunity.id)
"""The order in which what one can learn from is listed."""


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Some people by name, and after whom the next page begins."""

    people: list[Person]
    next_after: int | None


def people_of_district(db: Session, person: Person, *, search: str = "", after: int | None = None) -> PeoplePage:
    """Return a page of the district's people by name, with school and roles; `search` is a part of a name."""
    found = _people(person)
    if search:
        found = found.where(Person.name.icontains(search, autoescape=True))
    return page_of_people(db, person.district_id, found, after)


def _people(person: Person) -> Select[Person]:
    with_all = (joinedload(Person.school), selectinload(Person.grants))
    return select(Person).where(Person.district_id == person.district_id).options(*with_all)


def page_of_people(db: Session, district_id: int, found: Select[Person], after: int | None) -> PeoplePage:
    """Return a page by name of those people of a district who are meant."""
    order = (Person.name, Person.id)
    if after is not None:
        last = select(Person).where(Person.id == after, Person.district_id == district_id)
        found = following(found, order, last)
    people, last_shown = cut(db.scalars(found.order_by(*order).limit(PAGE_SIZE + 1)).all(), PAGE_SIZE)
    return PeoplePage(people, last_shown.id if last_shown else None)


def person_of_district(db: Session, person: Person, person_id: int) -> Person:
    """Return somebody of the same district; others are not found."""
    found = db.scalar(
        select(Person)
        .where(Person.id == person_id, Person.district_id == person.district_id)
        .options(joinedload(Person.school), joinedload(Person.requested_school), selectinload(Person.grants))
    )
    if found is None:
        raise NotFoundError
    return found


def schools_of_district(db: Session, person: Person) -> list[School]:
    """Return the schools of the person's district by name."""
    return list(db.scalars(select(School).where(School.district_id == person.district_id).order_by(School.name)))


def school_requests(db: Session, person: Person) -> list[Person]:
    """Return the first people by name of the person's district who asked for a school."""
    asking = select(Person).where(Person.district_id == person.district_id, Person.requested_school_id.is_not(None))
    by_name = asking.order_by(Person.name, Person.id).limit(PAGE_SIZE)
    return list(db.scalars(by_name.options(joinedload(Person.requested_school))))


def count_school_requests(db: Session, person: Person) -> int:
    """Return how many people of the person's district asked for a school."""
    asking = (Person.district_id == person.district_id, Person.requested_school_id.is_not(None))
    return db.scalar(select(func.count()).select_from(Person).where(*asking)) or 0


def supervisors_of(db: Session, person: Person) -> list[Person]:
    """Return who supervises a person now, by name."""
    named = select(Supervision.supervisor_id).where(Supervision.person_id == person.id, Supervision.ended_at.is_(None))
    return list(db.scalars(select(Person).where(Person.id.in_(named)).order_by(Person.name, Person.id)))


def leaders_of(db: Session, person: Person) -> list[Person]:
    """Return who else supervises a person now or administers their district, by name."""
    named = select(Supervision.supervisor_id).where(Supervision.person_id == person.id, Supervision.ended_at.is_(None))
    granted = select(RoleGrant.person_id).where(RoleGrant.role == Role.ADMINISTRATOR, RoleGrant.revoked_at.is_(None))
    leads = or_(Person.id.in_(named), Person.id.in_(granted))
    found = select(Person).where(Person.district_id == person.district_id, Person.id != person.id, leads)
    return list(db.scalars(found.order_by(Person.name, Person.id)))


def people_without_supervisor(db: Session, person: Person, *, after: int | None = None) -> PeoplePage:
    """Return a page of the district's people whom nobody supervises, by name."""
    is_led = exists().where(Supervision.person_id == Person.id, Supervision.ended_at.is_(None))
    return page_of_people(db, person.district_id, _people(person).where(~is_led), after)


def count_learners(db: Session, course_id: int) -> int:
    """Return how many learn in a course, as the LMS last said."""
    learning = (Membership.course_id == course_id, Membership.role == CourseRole.LEARNER, Membership.is_active)
    return db.scalar(select(func.count()).select_from(Membership).where(*learning)) or 0


def count_administrators(db: Session, person: Person) -> int:
    """Return how many administrators the person's district has."""
    return (
        db.scalar(
            select(func.count(func.distinct(RoleGrant.person_id)))
            .join(Person, Person.id == RoleGrant.person_id)
            .where(
                Person.district_id == person.district_id,
                RoleGrant.role == Role.ADMINISTRATOR,
                RoleGrant.revoked_at.is_(None),
            )
        )
        or 0
    )


def people_called(db: Session, person: Person, names: Collection[str]) -> dict[str, set[int]]:
    """Return who of the district is meant by each of these e-mail addresses or LMS ids, in small letters."""
    by_mail = select(func.lower(Person.email), Person.id)
    mails = by_mail.where(Person.district_id == person.district_id, func.lower(Person.email).in_(names))
    is_named = or_(func.lower(Identity.sub).in_(names), func.lower(Identity.lms_user_id).in_(names))
    by_lms = select(Identity.sub, Identity.lms_user_id, Person.id).join(Identity.person)
    rows = db.execute(by_lms.where(Person.district_id == person.district_id, is_named))
    found: defaultdict[str, set[int]] = defaultdict(set)
    for name, number in [*db.execute(mails), *((name, number) for *both, number in rows for name in both)]:
        found[name.casefold()].add(number)
    found.pop("", None)
    return dict(found)


def is_on_offer(lasts: timedelta = LASTS) -> ColumnElement[bool]:
    """Say in SQL that an `Opportunity` can be taken up today.

    It is neither retired nor over, no course that the LMS lost, and none that was unmarked. What is held once is over
    when it `lasts` no longer.
    """
    now = utc_now()
    is_unmarked = exists().where(Course.id == Opportunity.id, Course.professional_learning_at.is_(None))
    is_over = and_(Opportunity.kind.in_(HELD_ONCE), Opportunity.starts_at.is_not(None))
    return and_(
        or_(Opportunity.retired_on.is_(None), Opportunity.retired_on > now.date()),
        Opportunity.unavailable_since.is_(None),
        ~and_(is_over, Opportunity.starts_at <= now - lasts),
        ~is_unmarked,
    )
