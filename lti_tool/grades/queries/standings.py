"""How scores stand by LMS and by course: how many are how far, which waits longest, and when one last arrived."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from lti_tool.db import UtcDateTime
from lti_tool.grades.models import Score, ScoreState
from lti_tool.launch.models import Registration
from lti_tool.people.models import Course, Person

ARRIVED = (ScoreState.SENT, ScoreState.CONFIRMED)
LATEST: ColumnElement[datetime] = func.coalesce(Score.confirmed_at, Score.sent_at, type_=UtcDateTime())


@dataclass(slots=True)
class ScoreStanding:
    """How the scores of one LMS or course stand."""

    counts: dict[ScoreState, int] = field(default_factory=dict)
    oldest_waiting: datetime | None = None
    """Since when the score is owed that waits longest to be sent."""
    last_good: datetime | None = None
    """When a score was last accepted or confirmed."""

    @property
    def waiting(self) -> int:
        return self.counts.get(ScoreState.WAITING, 0)

    @property
    def sent(self) -> int:
        return self.counts.get(ScoreState.SENT, 0)

    @property
    def confirmed(self) -> int:
        return self.counts.get(ScoreState.CONFIRMED, 0)

    @property
    def failed(self) -> int:
        return self.counts.get(ScoreState.NEEDS_ATTENTION, 0)


@dataclass(frozen=True, slots=True)
class LmsStanding:
    """An LMS of the district, and how its scores stand."""

    registration: Registration
    standing: ScoreStanding


def standings_by_lms(db: Session, person: Person) -> list[LmsStanding]:
    """Return each LMS of the district with how its scores stand, by name."""
    of_lms = _counted(Course.registration_id).join(Course, Course.id == Score.course_id)
    found = _standings(db, of_lms.where(Score.district_id == person.district_id))
    return [LmsStanding(each, found.get(each.id, ScoreStanding())) for each in lmss_of(db, person)]


def lmss_of(db: Session, person: Person) -> Sequence[Registration]:
    """Return the LMSs of the district, by name."""
    own = select(Registration).where(Registration.district_id == person.district_id)
    return db.scalars(own.order_by(Registration.name, Registration.id)).all()


def standings_by_course(db: Session, course_ids: Collection[int]) -> Mapping[int, ScoreStanding]:
    """Return how the scores of these courses stand; one without any is left out."""
    return _standings(db, _counted(Score.course_id).where(Score.course_id.in_(course_ids)))


def _counted(place: InstrumentedAttribute[int]) -> Select[int, ScoreState, int, datetime | None, datetime | None]:
    waiting = case((Score.state == ScoreState.WAITING, Score.created_at))
    arrived = case((Score.state.in_(ARRIVED), LATEST))
    return select(
        place, Score.state, func.count(), func.min(waiting, type_=UtcDateTime()), func.max(arrived, type_=UtcDateTime())
    ).group_by(place, Score.state)


def _standings(
    db: Session, counted: Select[int, ScoreState, int, datetime | None, datetime | None]
) -> dict[int, ScoreStanding]:
    found: dict[int, ScoreStanding] = {}
    for place, state, count, oldest, latest in db.execute(counted):
        standing = found.setdefault(place, ScoreStanding())
        standing.counts[state] = count
        standing.oldest_waiting = oldest or standing.oldest_waiting
        standing.last_good = max(filter(None, (latest, standing.last_good)), default=None)
    return found
