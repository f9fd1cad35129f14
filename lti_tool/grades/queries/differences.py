"""What reading back found to differ between the tool and the gradebooks of a district."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.grades.models import DISCREPANCIES, Score, ScoreState, StrayResult
from lti_tool.people.models import Person

MOST_SHOWN = 100
"""How many of each are shown at first."""
ROWS = func.count().over()


@dataclass(frozen=True, slots=True)
class Differences:
    """Scores that the gradebook shows otherwise, and results of which the tool knows nothing; the newest first."""

    scores: Sequence[Score]
    strays: Sequence[StrayResult]
    count: int
    """How many differ in all."""

    @property
    def more(self) -> int:
        """How many differ that are not shown."""
        return self.count - len(self.scores) - len(self.strays)

    def of_cause(self, cause: str) -> list[Score]:
        """Return the scores with which this is wrong."""
        return [score for score in self.scores if score.cause == cause]


def differences_of(db: Session, person: Person, most: int = MOST_SHOWN) -> Differences:
    """Return what differs in the person's district and was not left as it is."""
    scores = (
        select(Score, ROWS)
        .where(Score.district_id == person.district_id, Score.state == ScoreState.NEEDS_ATTENTION)
        .where(Score.cause.in_(DISCREPANCIES))
        .options(joinedload(Score.person), joinedload(Score.course))
        .order_by(Score.id.desc())
        .limit(most)
    )
    strays = (
        select(StrayResult, ROWS)
        .where(StrayResult.district_id == person.district_id, StrayResult.left_at.is_(None))
        .options(joinedload(StrayResult.person), joinedload(StrayResult.course))
        .order_by(StrayResult.id.desc())
        .limit(most)
    )
    found, unknown = db.execute(scores).all(), db.execute(strays).all()
    count = sum(rows[0][1] for rows in (found, unknown) if rows)
    return Differences([score for score, _ in found], [stray for stray, _ in unknown], count)
