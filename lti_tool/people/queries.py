"""Reads about people, each scoped to the district of whoever asks."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from lti_tool.errors import NotFoundError
from lti_tool.people.models import Person, Role, RoleGrant, School

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Some people by name, and after whom the next page begins."""

    people: list[Person]
    next_after: int | None


def people_of_district(db: Session, person: Person, *, search: str = "", after: int | None = None) -> PeoplePage:
    """Return a page of the district's people by name, with school and roles; `search` is a part of a name."""
    found = (
        select(Person)
        .where(Person.district_id == person.district_id)
        .order_by(Person.name, Person.id)
        .limit(PAGE_SIZE + 1)
        .options(joinedload(Person.school), selectinload(Person.grants))
    )
    if search:
        found = found.where(Person.name.icontains(search, autoescape=True))
    if after is not None:
        last = select(Person.name, Person.id).where(Person.id == after, Person.district_id == person.district_id)
        found = found.where(tuple_(Person.name, Person.id) > last.scalar_subquery())
    people = list(db.scalars(found))
    more = len(people) > PAGE_SIZE
    return PeoplePage(people[:PAGE_SIZE], people[PAGE_SIZE - 1].id if more else None)


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
