"""What an administrator's home shows: whether every completion arrived, and what needs a hand."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from lti_tool.grades.models import ScoreState
from lti_tool.grades.needs import Need, Needs, needs_of
from lti_tool.grades.queries.scores import count_by_state
from lti_tool.launch.models import Deployment, DeploymentState, Registration
from lti_tool.paging import cut
from lti_tool.people.models import Course, Membership, Person
from lti_tool.people.queries import count_school_requests
from lti_tool.plans.queries import lacks_committee
from lti_tool.standards.queries import has_standards

SHOWN_NEEDS = 5
ROSTERS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class AdministratorHome:
    """The four numbers, the first needs, and how each LMS is connected."""

    scores: dict[ScoreState, int]
    needs: Needs
    registrations: list[Registration]
    marked_courses: int
    school_requests: int
    lacks_committee: bool
    """Whether plans wait for a committee that is too small to agree to them."""
    has_standards: bool

    @property
    def needed(self) -> int:
        """How many scores and other things need somebody."""
        return self.needs.count

    @property
    def first_needs(self) -> list[Need]:
        return self.needs.shown[:SHOWN_NEEDS]

    @property
    def pending_deployments(self) -> list[Deployment]:
        return [
            deployment
            for registration in self.registrations
            for deployment in registration.deployments
            if deployment.state is DeploymentState.PENDING
        ]


@dataclass(frozen=True, slots=True)
class RosterLine:
    """A marked course, and how many the tool knows to be in it."""

    course: Course
    registration: Registration
    active: int


@dataclass(frozen=True, slots=True)
class RosterPage:
    """Some courses, and after which the next page begins."""

    lines: list[RosterLine]
    next_after: int | None


def rosters_of(db: Session, person: Person, *, after: int = 0) -> RosterPage:
    """Return a page of the district's marked courses with what is known of their rosters."""
    active = select(func.count()).where(Membership.course_id == Course.id, Membership.is_active).scalar_subquery()
    found = (
        select(Course, Registration, active)
        .join(Registration, Registration.id == Course.registration_id)
        .where(Course.district_id == person.district_id, Course.professional_learning_at.is_not(None))
        .where(Course.id > after)
        .order_by(Course.id)
        .limit(ROSTERS_SHOWN + 1)
    )
    lines, last = cut([RosterLine(*row) for row in db.execute(found)], ROSTERS_SHOWN)
    return RosterPage(lines, last.course.id if last else None)


def administrator_home(db: Session, person: Person) -> AdministratorHome:
    """Return what the administrator's home shows."""
    counts = count_by_state(db, person)
    return AdministratorHome(
        scores={state: counts.get(state, 0) for state in ScoreState},
        needs=needs_of(db, person),
        registrations=_registrations(db, person),
        marked_courses=_marked(db, person),
        school_requests=count_school_requests(db, person),
        lacks_committee=lacks_committee(db, person),
        has_standards=has_standards(db, person),
    )


def _registrations(db: Session, person: Person) -> list[Registration]:
    return list(
        db.scalars(
            select(Registration)
            .where(Registration.district_id == person.district_id, Registration.disabled_at.is_(None))
            .order_by(Registration.name, Registration.id)
            .options(joinedload(Registration.rest_access), selectinload(Registration.deployments))
        )
    )


def _marked(db: Session, person: Person) -> int:
    marked = Course.professional_learning_at.is_not(None)
    counted = select(func.count()).select_from(Course).where(Course.district_id == person.district_id, marked)
    return db.scalar(counted) or 0
