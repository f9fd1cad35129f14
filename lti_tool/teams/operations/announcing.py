"""Telling the worker that the LMS group of a team is to be as the team is, and that a team kept a cycle."""

from __future__ import annotations

import random
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import String, and_, cast, exists, literal, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from lti_tool.launch.models import RestAccess
from lti_tool.outbox.models import OPEN, MessageState, OutboxMessage
from lti_tool.outbox.operations import enqueue
from lti_tool.people.models import Course, Identity
from lti_tool.teams.models import MemberState, Team, TeamCycle, TeamMember, TeamState

SYNC, COMPARE = "group", "group.compare"
"""The kinds of message by which a group is synced: because something changed, or as it is its day."""
KEY = "group:"
DAILY = timedelta(days=1)
MOST = 100
ROUND = timedelta(minutes=5)
"""How many groups one round compares with the LMS, and over how long these are spread."""


def announce(db: Session, team: Team, *, kind: str = SYNC, due_at: datetime | None = None) -> None:
    """Have the team's LMS group made to match the team; one without a course has none."""
    if team.course is None:
        return
    if kind == SYNC:  # what was read before says nothing of the team as it is now
        team.lms_confirmed_at, team.lms_note = None, ""
    enqueue(
        db,
        kind=kind,
        key=f"{KEY}{team.id}",
        district_id=team.district_id,
        payload={"team_id": team.id},
        lane=f"groups:{team.course.registration_id}",
        due_at=due_at,
    )


def announce_whom(db: Session, left: Team, lms_ids: Collection[str]) -> None:
    """Announce other teams of the course that wait for somebody who has just left the group of this one."""
    if not lms_ids or left.course is None:
        return
    theirs = select(TeamMember.team_id).join(Identity, Identity.person_id == TeamMember.person_id)
    theirs = theirs.where(TeamMember.state == MemberState.ACCEPTED, Identity.lms_user_id.in_(lms_ids))
    theirs = theirs.where(Identity.registration_id == left.course.registration_id)
    waiting = select(Team).where(Team.course_id == left.course_id, Team.id != left.id, Team.id.in_(theirs))
    waiting = waiting.where(Team.state == TeamState.FORMED, Team.lms_confirmed_at.is_(None))
    for team in db.scalars(waiting.order_by(Team.id).options(joinedload(Team.course))):
        announce(db, team)


def announce_due(db: Session, now: datetime) -> int:
    """Have the groups compared with the LMS of which that is a day ago and nothing is under way; return how many.

    Nothing is read of a course that is marked no more, nor from an LMS that does not let the tool in.
    """
    in_the_way = (*OPEN, MessageState.REJECTED)
    key = literal(KEY) + cast(Team.id, String)
    under_way = exists().where(OutboxMessage.key == key, OutboxMessage.state.in_(in_the_way))
    is_due = or_(Team.lms_compared_at.is_(None), Team.lms_compared_at <= now - DAILY)
    may_be_read = and_(
        Course.professional_learning_at.is_not(None), RestAccess.access_token.is_not(None), RestAccess.problem == ""
    )
    due = select(Team).join(Team.course).join(RestAccess, RestAccess.registration_id == Course.registration_id)
    due = due.where(Team.state == TeamState.FORMED, Team.lms_group_id != "", is_due, may_be_read, ~under_way)
    due = due.order_by(Team.lms_compared_at.nulls_first(), Team.id).limit(MOST).options(contains_eager(Team.course))
    teams = db.scalars(due).all()
    for team in teams:
        later = ROUND * random.random()  # noqa: S311 - spreads load, guards nothing
        announce(db, team, kind=COMPARE, due_at=now + later)
    return len(teams)


def announce_kept(db: Session, team: Team, cycle: TeamCycle) -> None:
    """Tell that all members of a team have kept a cycle together; one without a course has no gradebook."""
    if team.course_id is None or cycle.kept_at is None:
        return
    # who joined after it was kept has no part in it
    person_ids = sorted(each.person_id for each in team.accepted if cycle.commitment_of(each.person_id))
    enqueue(
        db,
        kind="team.kept",
        key=f"team.kept:{cycle.id}",
        district_id=team.district_id,
        payload={"course_id": team.course_id, "person_ids": person_ids, "kept_at": cycle.kept_at.isoformat()},
    )
