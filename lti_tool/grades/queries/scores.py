"""Reads of scores: how many have come how far, and lists of them.

Ids and states, people and courses; never a word of a goal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.grades.filters import ScoreFilter
from lti_tool.grades.models import Score, ScoreState
from lti_tool.grades.queries.newest import NewestPage, all_of, newest_of
from lti_tool.people.models import Person

DAYS = 14


@dataclass(frozen=True, slots=True)
class Day:
    """How far the scores that became due on one day have come."""

    day: date
    counts: dict[ScoreState, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def count_by_state(db: Session, person: Person) -> dict[ScoreState, int]:
    """Return how many scores of the district are in each state."""
    wanted = select(Score.state, func.count()).where(Score.district_id == person.district_id).group_by(Score.state)
    return dict(db.execute(wanted).all())


def count_by_day(db: Session, person: Person, today: date) -> list[Day]:
    """Return the last two weeks, oldest first, each with how far its scores have come."""
    first = today - timedelta(days=DAYS - 1)
    day = func.date(Score.created_at)
    wanted = (
        select(day, Score.state, func.count())
        .where(Score.district_id == person.district_id, Score.created_at >= datetime.combine(first, time(), UTC))
        .group_by(day, Score.state)
    )
    counts: defaultdict[str, dict[ScoreState, int]] = defaultdict(dict)
    for of_day, state, count in db.execute(wanted):
        counts[str(of_day)][state] = count
    days = [first + timedelta(days=number) for number in range(DAYS)]
    return [Day(each, counts[each.isoformat()]) for each in days]


def scores_of(db: Session, person: Person, chosen: ScoreFilter, *, before: int | None = None) -> NewestPage[Score]:
    """Return a page of the district's scores that are chosen, the newest first."""
    return newest_of(db, _named(chosen.chosen(person.district_id)), Score, before=before)


def all_scores_of(db: Session, person: Person, chosen: ScoreFilter) -> Iterator[Score]:
    """Yield every score of the district that is chosen, the oldest first."""
    return all_of(db, _named(chosen.chosen(person.district_id)), Score)


def _named(scores: Select[Score]) -> Select[Score]:
    return scores.options(joinedload(Score.person), joinedload(Score.course), joinedload(Score.resource_link))
