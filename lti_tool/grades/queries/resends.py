"""Reads of scores that were sent again together: how many have arrived since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.errors import NotFoundError
from lti_tool.grades.models import Resend, Score, ScoreState
from lti_tool.people.models import Person

LATEST = 20


@dataclass(frozen=True, slots=True)
class Progress:
    """How far sending again is: all are queued first, and each is under way until the LMS has answered."""

    resend: Resend
    counts: Mapping[ScoreState, int]

    @property
    def answered(self) -> int:
        return sum(count for state, count in self.counts.items() if state is not ScoreState.WAITING)

    @property
    def is_under_way(self) -> bool:
        return self.resend.finished_at is None or bool(self.counts.get(ScoreState.WAITING))

    @property
    def state(self) -> str:
        """`stopped`, `under_way` or `done`, for the page that watches it."""
        if self.resend.stopped_at is not None:
            return "stopped"
        return "under_way" if self.is_under_way else "done"


def progress_of(db: Session, person: Person, resend_id: int) -> Progress:
    """Return how far sending again is."""
    resend = db.scalar(
        select(Resend)
        .where(Resend.id == resend_id, Resend.district_id == person.district_id)
        .options(joinedload(Resend.actor))
    )
    if resend is None:
        raise NotFoundError
    counted = select(Score.state, func.count()).where(Score.resend_id == resend.id).group_by(Score.state)
    return Progress(resend, dict(db.execute(counted).all()))


def latest_resends(db: Session, person: Person) -> Sequence[Resend]:
    """Return what was last sent again together, the newest first."""
    return db.scalars(
        select(Resend)
        .where(Resend.district_id == person.district_id)
        .options(joinedload(Resend.actor))
        .order_by(Resend.id.desc())
        .limit(LATEST)
    ).all()
