"""What reading back found to differ between the tool and the gradebooks of a district."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lti_tool.grades.models import DISCREPANCIES, Score, ScoreState, StrayResult
from lti_tool.people.models import Person

MOST_SHOWN = 100
"""How many of each are shown at once; what is decided makes room for the next."""


@dataclass(frozen=True, slots=True)
class Differences:
    """Scores that the gradebook shows otherwise, and results of which the tool knows nothing; the newest first."""

    scores: Sequence[Score]
    strays: Sequence[StrayResult]

    def of_cause(self, cause: str) -> list[Score]:
        """Return the scores with which this is wrong."""
        return [score for score in self.scores if score.cause == cause]


def differences_of(db: Session, person: Person) -> Differences:
    """Return what differs in the person's district and was not left as it is."""
    scores = (
        select(Score)
        .where(Score.district_id == person.district_id, Score.state == ScoreState.NEEDS_ATTENTION)
        .where(Score.cause.in_(DISCREPANCIES))
        .options(joinedload(Score.person), joinedload(Score.course))
        .order_by(Score.id.desc())
        .limit(MOST_SHOWN)
    )
    strays = (
        select(StrayResult)
        .where(StrayResult.district_id == person.district_id, StrayResult.left_at.is_(None))
        .options(joinedload(StrayResult.person), joinedload(StrayResult.course))
        .order_by(StrayResult.id.desc())
        .limit(MOST_SHOWN)
    )
    return Differences(db.scalars(scores).all(), db.scalars(strays).all())
