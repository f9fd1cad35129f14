"""How scores stand by LMS and by course: how many are how far, which waits longest, and when one last arrived."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from lti_tool.db import UtcDateTime
from lti_tool.grades.models import IS_WAITING, Score, ScoreState
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

    def add(self, state: ScoreState, count: int, oldest: datetime | None, latest: datetime | None) -> None:
        """Add so many scores in a state: since when the oldest is owed, and when the latest came this far."""
        self.counts[state] = self.counts.get(state, 0) + count
        if state is ScoreState.WAITING:
            self.oldest_waiting = min(filter(None, (oldest, self.oldest_waiting)), default=None)
        if state in ARRIVED:
            self.last_good = max(filter(None, (latest, self.last_good)), default=None)

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


@dataclass(frozen=True, slots=True)
class Standings:
    """How the scores of a district stand, in all, by LMS and by course; a course without any is left out."""

    whole: ScoreStanding
    by_lms: Sequence[LmsStanding]
    by_course: Mapping[int, ScoreStanding]


def standings_of(db: Session, person: Person) -> Standings:
    """Return how the scores of the district stand: all are counted once, course by course."""
    oldest = dict(db.execute(_oldest_waiting(person)).all())
    whole = ScoreStanding()
    of_lms, of_course = defaultdict[int, ScoreStanding](ScoreStanding), defaultdict[int, ScoreStanding](ScoreStanding)
    for course_id, registration_id, state, count, latest in db.execute(_counted(person)):
        for standing in (whole, of_lms[registration_id], of_course[course_id]):
            standing.add(state, count, oldest.get(course_id), latest)
    by_lms = [LmsStanding(each, of_lms[each.id]) for each in lmss_of(db, person)]
    return Standings(whole, by_lms, dict(of_course))


def lmss_of(db: Session, person: Person) -> Sequence[Registration]:
    """Return the LMSs of the district, by name."""
    own = select(Registration).where(Registration.district_id == person.district_id)
    return db.scalars(own.order_by(Registration.name, Registration.id)).all()


def _counted(person: Person) -> Select[int, int, ScoreState, int, datetime | None]:
    """Count by course and state, which an index has in this order; only then it is asked which LMS a course is of."""
    counted = (
        select(Score.course_id, Score.state, func.count().label("count"), func.max(LATEST).label("latest"))
        .where(Score.district_id == person.district_id)
        .group_by(Score.course_id, Score.state)
        .subquery()
    )
    return select(counted.c.course_id, Course.registration_id, counted.c.state, counted.c.count, counted.c.latest).join(
        Course, Course.id == counted.c.course_id
    )


def _oldest_waiting(person: Person) -> Select[int, datetime]:
    oldest = select(Score.course_id, func.min(Score.created_at)).where(Score.district_id == person.district_id)
    return oldest.where(IS_WAITING).group_by(Score.course_id)
