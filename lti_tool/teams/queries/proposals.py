"""Reads for the designer: what was proposed for a course, a school or the district, and who is in no team yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session

from lti_tool.outbox.models import OPEN, MessageState, OutboxMessage
from lti_tool.people.models import Course, Person, School
from lti_tool.people.queries import PeoplePage, page_of_people
from lti_tool.plans.models import Activity, Declaration, Goal
from lti_tool.teams.models import LeftAlone, ProposalRun, RunKind, Team, TeamMember, TeamScope, TeamState
from lti_tool.teams.queries.candidates import is_unteamed, matched_goals
from lti_tool.teams.queries.teams import TEAM_WITH_MEMBERS
from lti_tool.teams.scopes import Scope

MATCH = "teams.match"
"""The kind of message by which the worker is asked to propose teams."""


def key_of_matching(scope: Scope) -> str:
    """Return the key under which teams of this scope are asked for: of several askings the newest counts."""
    kind, subject_id = scope.subject
    return f"{MATCH}:{subject_id}" if scope.course else f"{MATCH}:{kind}:{subject_id}"


def scope_asked(db: Session, district_id: int, payload: Mapping[str, Any]) -> Scope | None:
    """Return for whom a message asks for teams; none where that course or school is gone."""
    kind = TeamScope(payload.get("scope", TeamScope.COURSE))
    if kind is TeamScope.DISTRICT:
        return Scope.of_district(district_id)
    if kind is TeamScope.SCHOOL:
        school = db.get(School, int(payload["school_id"]))
        return Scope.of_school(school) if school and school.district_id == district_id else None
    course = db.get(Course, int(payload["course_id"]))
    return Scope.of_course(course) if course and course.district_id == district_id else None


@dataclass(frozen=True, slots=True)
class Matching:
    """Where the last asking for teams of a scope stands."""

    is_under_way: bool = False
    """Whether the worker is still to propose them."""
    has_failed: bool = False
    """Whether it tried often enough, and could not."""
    within_schools: bool = False
    kind: RunKind = RunKind.ANEW
    """What was asked for."""


def matching_of(db: Session, scope: Scope) -> Matching:
    """Return where the last asking for teams of this scope stands."""
    asked = select(OutboxMessage.state, OutboxMessage.payload).where(OutboxMessage.key == key_of_matching(scope))
    last = db.execute(asked.order_by(OutboxMessage.id.desc()).limit(1)).first()
    if last is None:
        return Matching()
    state, payload = last
    kind = RunKind(payload.get("kind", RunKind.ANEW))
    return Matching(state in OPEN, state is MessageState.REJECTED, bool(payload.get("within_schools")), kind)


def last_run(db: Session, scope: Scope) -> ProposalRun | None:
    """Return when teams of this scope were proposed last."""
    runs = select(ProposalRun).where(scope.holds(ProposalRun))
    return db.scalar(runs.order_by(ProposalRun.id.desc()).limit(1))


def proposals_in(db: Session, scope: Scope) -> Sequence[Team]:
    """Return the proposals of a scope that were not sent yet, by name."""
    unsent = select(Team).where(scope.holds(Team), Team.state == TeamState.PROPOSED)
    return db.scalars(unsent.order_by(Team.name, Team.id).options(*TEAM_WITH_MEMBERS)).all()


def people_without_team(db: Session, scope: Scope, run: ProposalRun | None, *, after: int | None = None) -> PeoplePage:
    """Return a page by name of who shared a goal and was left alone by the last run, or shared it since."""
    return page_of_people(db, scope.district_id, _without_team(scope, run), after)


def goals_without_team(db: Session, scope: Scope, person_id: int) -> Sequence[Goal]:
    """Return the goals by which somebody who is listed in no team could come to one, what was shared last first."""
    listed = _without_team(scope, last_run(db, scope)).with_only_columns(Person.id)
    goals = matched_goals(scope).where(Person.id == person_id, Person.id.in_(listed))
    return db.scalars(goals.order_by(Declaration.declared_at.desc(), Goal.id.desc())).all()


def count_without_team(db: Session, scope: Scope) -> int:
    """Return how many people are in no team yet."""
    return db.scalar(_without_team(scope, last_run(db, scope)).with_only_columns(func.count(Person.id))) or 0


def _without_team(scope: Scope, run: ProposalRun | None) -> Select[Person]:
    """Return the query for who is in no team yet.

    Whoever said no to a team is no part of it before teams are proposed the next time: the list would tell on them.
    """
    goals = matched_goals(scope).with_only_columns(Person.id)
    proposed = select(TeamMember.person_id).join(TeamMember.team)
    proposed = proposed.where(scope.holds(Team), Team.state == TeamState.PROPOSED)
    wanted = select(Person).where(Person.district_id == scope.district_id, Person.id.in_(goals))
    wanted = wanted.where(is_unteamed(scope), Person.id.not_in(proposed))
    if run is None:
        return wanted
    since = Declaration.declared_at > run.made_at
    if scope.course is not None:
        since = or_(since, Activity.created_at > run.made_at)
    left = exists().where(LeftAlone.run_id == run.id, LeftAlone.person_id == Person.id)
    return wanted.where(or_(left, Person.id.in_(goals.where(since))))
