"""Who may come to a team: asked whenever somebody starts one or joins it, however they were invited."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.errors import ConflictError, NotFoundError
from lti_tool.people.models import Person
from lti_tool.plans.models import Goal
from lti_tool.teams.matching.request import may_see_each_other
from lti_tool.teams.models import TeamMember
from lti_tool.teams.queries import (
    MATCHED_AUDIENCES,
    MOST_BY_HAND,
    apart_from,
    candidate_for,
    courses_joined,
    may_still_join,
    open_to,
    why_no_room,
)
from lti_tool.teams.scopes import Scope, scopes_of

NOT_FREE = "This colleague cannot be asked any more. Somebody else may still be."
KEPT_APART = "You two cannot be in one team. Ask somebody else with a like goal."
APART_FROM_SOMEBODY = "You and somebody in this team cannot be in one. Another team may be open to you."
NOT_SHARED = (
    "Share your goal again first: the one by which you were asked is not shared any more, and teammates read it."
)
FULL = "This team is full by now: more people would be too many to answer for each other."


def check_can_start(db: Session, person: Person, mine: Goal, theirs: Goal, scope: Scope) -> None:
    """Raise where somebody cannot ask the owner of a goal to team up in this scope."""
    declared = all(g.declaration is not None and g.declaration.audience in MATCHED_AUDIENCES for g in (mine, theirs))
    if not declared or theirs.owner.pause is not None:
        raise NotFoundError
    if not may_see_each_other(candidate_for(mine), candidate_for(theirs)):
        raise NotFoundError
    if apart_from(db, person, [theirs.plan.person_id], scope):
        raise ConflictError(KEPT_APART)
    if not open_to([scope], courses_joined(db, [theirs.plan.person_id])[theirs.plan.person_id]):
        raise ConflictError(NOT_FREE)


def check_can_join(db: Session, member: TeamMember) -> None:
    """Raise where somebody who was invited cannot join as things are now."""
    team = member.team
    if not may_still_join(member):
        raise ConflictError(NOT_SHARED)
    if len(team.accepted) >= MOST_BY_HAND:
        raise ConflictError(FULL)
    check_has_room(db, member.person, team.course_id)
    if apart_from(db, member.person, [each.person_id for each in team.members], *scopes_of(team)):
        raise ConflictError(APART_FROM_SOMEBODY)


def check_has_room(db: Session, person: Person, course_id: int | None) -> None:
    """Refuse a third team, or a second one of a course; one answer of a person at a time is looked at."""
    db.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    why_not = why_no_room(courses_joined(db, [person.id])[person.id].values(), course_id)
    if why_not:
        raise ConflictError(why_not)
