"""Reads for a team that has a seat: which colleagues its members could ask."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, false, select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.people.models import Person
from lti_tool.plans.models import Declaration, Goal, GrowthPlan
from lti_tool.plans.queries import declared_goals, works_near
from lti_tool.teams.asking import LARGEST
from lti_tool.teams.likeness import Candidate, nearness_to
from lti_tool.teams.matching.request import may_see_each_other
from lti_tool.teams.models import Asking, MemberState, Team, TeamMember
from lti_tool.teams.queries.apart import may_not_be_teamed
from lti_tool.teams.queries.candidates import (
    LIVE,
    MATCHED_AUDIENCES,
    candidate_for,
    candidates_of,
    is_in_few_teams,
    is_not_paused,
)
from lti_tool.teams.queries.teams import MOST_COMPARED
from lti_tool.teams.queries.wishes import apart_wished
from lti_tool.teams.scopes import scopes_of

SHOWN = 12


@dataclass(frozen=True, slots=True)
class Askable:
    """A colleague who may come to a team, with the goal that would bring them, and how near it is to the others."""

    goal: Goal
    nearness: float


def has_a_seat(team: Team) -> bool:
    """Return whether one more may be asked into a team that was sent, the invited counted."""
    return team.state in LIVE and len(team.members) < LARGEST


def asked_by_designers(db: Session, team: Team) -> Sequence[Person]:
    """Return whom designers asked to a team and who has not joined, by name: open and declined invitations alike."""
    joined = [member.person_id for member in team.accepted]
    asked = select(Person).join(Asking, Asking.person_id == Person.id).where(Asking.team_id == team.id)
    return db.scalars(asked.where(Person.id.not_in(joined)).order_by(Person.name, Person.id)).all()


def invited_by_members(db: Session, team: Team) -> list[TeamMember]:
    """Return the open invitations of a team that its own members sent."""
    designers = set(db.scalars(select(Asking.person_id).where(Asking.team_id == team.id)))
    return [each for each in team.members if each not in team.accepted and each.person_id not in designers]


def seems_to_wait(db: Session, team: Team) -> bool:
    """Return whether a team waits for an answer, as far as designers may know: of whom they asked, for a while."""
    joined = [member.person_id for member in team.accepted]
    asked = exists().where(Asking.team_id == team.id, Asking.until > utc_now(), Asking.person_id.not_in(joined))
    return bool(invited_by_members(db, team)) or bool(db.scalar(select(asked)))


def who_could_join(db: Session, person: Person, team: Team) -> list[Askable]:
    """Return colleagues with like goals whom a member may ask into a team, the nearest first.

    All of the team and they may see each other's goals, nobody is kept apart, and each is free for a team.
    """
    ids = [member.person_id for member in team.members]
    goals = [member.goal for member in team.members if member.goal]
    own = candidates_of(team.members)
    if not own or not has_a_seat(team):
        return []
    near = works_near([indicator for goal in goals for indicator in goal.indicators])
    wanted = declared_goals(person.district_id).where(Declaration.audience.in_(MATCHED_AUDIENCES), near)
    wanted = wanted.where(GrowthPlan.person_id.not_in(ids), is_not_paused(), is_in_few_teams(), ~_is_in_course_of(team))
    found = db.scalars(wanted.order_by(Person.name, Goal.id).limit(MOST_COMPARED)).all()
    apart = may_not_be_teamed(db, [*ids, *(goal.plan.person_id for goal in found)])
    apart |= apart_wished(db, *scopes_of(team))
    return _nearest([goal for goal in found if _may_come(goal, own, ids, apart)], own)


def _is_in_course_of(team: Team) -> ColumnElement[bool]:
    """Say in SQL that a `Person` has joined a team of the same course; a team without one keeps nobody out."""
    if team.course_id is None:
        return false()
    there = exists().where(TeamMember.person_id == Person.id, TeamMember.team_id == Team.id, Team.state.in_(LIVE))
    return there.where(TeamMember.state == MemberState.ACCEPTED, Team.course_id == team.course_id)


def _may_come(goal: Goal, own: Sequence[Candidate], ids: Collection[int], apart: set[frozenset[int]]) -> bool:
    if any(frozenset((goal.plan.person_id, each)) in apart for each in ids):
        return False
    return all(may_see_each_other(candidate_for(goal), each) for each in own)


def _nearest(goals: Sequence[Goal], own: Sequence[Candidate]) -> list[Askable]:
    """Return each person once, with the goal that is nearest."""
    best: dict[int, Askable] = {}
    for goal in goals:
        asked = Askable(goal, nearness_to(candidate_for(goal), own))
        if asked.nearness > best.get(goal.plan.person_id, Askable(goal, -1.0)).nearness:
            best[goal.plan.person_id] = asked
    return sorted(best.values(), key=lambda each: (-each.nearness, each.goal.owner.name, each.goal.id))[:SHOWN]
