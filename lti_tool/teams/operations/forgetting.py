"""Forgetting what was said in rooms, ninety days after the cycle has closed or the team has ended.

Hours, sessions and who was there, steps, kept cycles and practices stay. The agreement stays as long as its team.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from lti_tool.teams.models import (
    WORDS_KEPT_FOR,
    Agreement,
    CheckIn,
    HelpReply,
    HelpRequest,
    Team,
    TeamCycle,
    TeamEnding,
)

MOST = 1000
"""So many of each in one transaction: nobody else can write to SQLite meanwhile."""


def forget_words(db: Session, now: datetime) -> int:
    """Delete some of what has been kept for long enough; return how many rows, without answers, these were."""
    before = now - WORDS_KEPT_FOR
    return sum(
        (
            _forget(db, HelpRequest.id, or_(_is_of_ended(HelpRequest.team_id, before), _was_settled_in_closed(before))),
            _forget(db, CheckIn.id, or_(_is_of_ended(CheckIn.team_id, before), _was_said_in_closed(before))),
            _forget(db, Agreement.team_id, _is_of_ended(Agreement.team_id, before)),
            _forget(db, TeamEnding.id, TeamEnding.ended_at <= before),
        )
    )


def _forget(db: Session, key: InstrumentedAttribute[int], is_over: ColumnElement[bool]) -> int:
    some = select(key).where(is_over).order_by(key).limit(MOST)
    gone = delete(key.class_).where(key.in_(some)).returning(key)
    return len(db.scalars(gone.execution_options(synchronize_session=False)).all())


def _is_of_ended(team_id: InstrumentedAttribute[int], before: datetime) -> ColumnElement[bool]:
    return exists().where(Team.id == team_id, Team.ended_at <= before)


def _was_said_in_closed(before: datetime) -> ColumnElement[bool]:
    is_its_own = (TeamCycle.team_id == CheckIn.team_id, TeamCycle.closed_at >= CheckIn.at)
    return and_(CheckIn.at <= before, exists().where(*is_its_own, TeamCycle.closed_at <= before))


def _was_settled_in_closed(before: datetime) -> ColumnElement[bool]:
    """Say in SQL that a question was last spoken of in such a cycle; one that nobody has answered is under way."""
    is_settled = or_(HelpRequest.answered_at.is_not(None), HelpRequest.closed_at.is_not(None))
    later = exists().where(HelpReply.request_id == HelpRequest.id, HelpReply.at > TeamCycle.closed_at)
    is_its_own = (
        TeamCycle.team_id == HelpRequest.team_id,
        TeamCycle.closed_at >= HelpRequest.opened_at,
        or_(HelpRequest.closed_at.is_(None), HelpRequest.closed_at <= TeamCycle.closed_at),
        ~later.correlate(HelpRequest, TeamCycle),
    )
    in_closed = exists().where(*is_its_own, TeamCycle.closed_at <= before)
    return and_(HelpRequest.opened_at <= before, is_settled, in_closed)
