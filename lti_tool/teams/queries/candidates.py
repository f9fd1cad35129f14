"""Whose goals can be matched: declared widely enough, by people who are free for another team."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from lti_tool.db import utc_now
from lti_tool.people.models import Course, CourseRole, MatchingPause, Membership, Person
from lti_tool.plans.models import Activity, Audience, Declaration, Goal, GoalState, GrowthPlan
from lti_tool.plans.queries import declared_goals, is_for_others
from lti_tool.teams.likeness import Candidate
from lti_tool.teams.models import Asking, MemberState, Team, TeamMember, TeamState
from lti_tool.teams.scopes import Scope

MOST_TEAMS = 2
"""More than two teams a person is too many to be of use to any (domain research: DuFour)."""
LIVE = (TeamState.INVITING, TeamState.FORMED)
JOINED = (
    TeamMember.person_id == Person.id,
    TeamMember.state == MemberState.ACCEPTED,
    Team.state.in_(LIVE),
)
"""Of a `Person`, the teams that they have joined."""
MATCHED_AUDIENCES = (Audience.SCHOOL, Audience.DISTRICT)
GOAL_WITH_OWNER = (
    joinedload(Goal.plan).joinedload(GrowthPlan.person).joinedload(Person.school),
    joinedload(Goal.declaration),
    selectinload(Goal.indicators),
)


def is_not_paused() -> ColumnElement[bool]:
    """Say in SQL that a `Person` may be proposed for a team."""
    return ~exists().where(MatchingPause.person_id == Person.id)


def matched_goals(scope: Scope) -> Select[Goal]:
    """Return the query for the open goals of a scope that are declared widely enough to be matched."""
    wanted = declared_goals(scope.district_id).where(_is_declared_here(), is_not_paused())
    if scope.school is not None:
        return wanted.where(Person.school_id == scope.school.id)
    return wanted if scope.course is None else _counting(wanted, scope.course)


def _is_declared_here() -> ColumnElement[bool]:
    """Say in SQL that a goal is declared to the district, or to the school that its owner is at still."""
    at_school = and_(Declaration.audience == Audience.SCHOOL, Declaration.school_id == Person.school_id)
    return or_(Declaration.audience == Audience.DISTRICT, at_school)


def _counting(goals: Select[Goal], course: Course) -> Select[Goal]:
    learner = exists().where(
        Membership.course_id == course.id,
        Membership.person_id == GrowthPlan.person_id,
        Membership.role == CourseRole.LEARNER,
        Membership.is_active,
    )
    return goals.join(Activity, Activity.goal_id == Goal.id).where(Activity.opportunity_id == course.id, learner)


def is_free(scope: Scope) -> ColumnElement[bool]:
    """Say in SQL that a `Person` has joined no team of this scope, fewer than two at all, and is not being asked.

    Whoever was asked by designers counts as being asked until a fixed time, whatever they answer: a run tells nobody.
    """
    joined = select(TeamMember.id).join(TeamMember.team).where(*JOINED, ~is_over()).correlate(Person)
    asked = select(Asking.person_id).join(Team, Team.id == Asking.team_id).correlate(Person)
    asked = asked.where(Asking.person_id == Person.id, Asking.until > utc_now(), Team.state.in_(LIVE))
    here = scope.holds(Team)
    return ~joined.where(here).exists() & ~asked.where(here).exists() & is_in_few_teams()


def is_over() -> ColumnElement[bool]:
    """Say in SQL that fewer than two have joined a `Team` by the time until which designers asked its people."""
    member, asking = aliased(TeamMember), aliased(Asking)
    joined = select(func.count(member.id)).where(member.team_id == Team.id, member.state == MemberState.ACCEPTED)
    asked = exists().where(asking.team_id == Team.id).correlate(Team)
    is_empty = ~exists().where(member.team_id == Team.id).correlate(Team)
    return and_(
        Team.state.in_(LIVE),
        joined.correlate(Team).scalar_subquery() < 2,
        or_(asked, is_empty),
        ~asked.where(asking.until > utc_now()),
    )


def is_unteamed(scope: Scope) -> ColumnElement[bool]:
    """Say in SQL that a `Person` has joined no team of this scope, and fewer than two at all.

    Designers see this and no more: what counted invitations would change with a no, and so tell of it.
    """
    joined = select(TeamMember.id).join(TeamMember.team).where(*JOINED).correlate(Person)
    return ~joined.where(scope.holds(Team)).exists() & is_in_few_teams()


def is_in_few_teams() -> ColumnElement[bool]:
    """Say in SQL that a `Person` has joined fewer teams than anybody should be in."""
    joined = select(func.count()).select_from(TeamMember).join(TeamMember.team)
    return joined.where(*JOINED).correlate(Person).scalar_subquery() < MOST_TEAMS


def candidates_with_room(db: Session, scope: Scope) -> list[Candidate]:
    """Return all goals of a scope by which somebody could still be asked to team up, those in one team among them."""
    wanted = matched_goals(scope).where(is_in_few_teams())
    return [candidate_for(goal) for goal in db.scalars(wanted.order_by(GrowthPlan.person_id, Goal.id))]


def reaches_in(db: Session, scope: Scope, person_ids: Collection[int]) -> list[Candidate]:
    """Return of the goals by which these people can be matched in a scope who may see each."""
    wanted = matched_goals(scope).where(GrowthPlan.person_id.in_(person_ids))
    return [reach_of(goal) for goal in db.scalars(wanted)]


def free_candidates(db: Session, scope: Scope) -> list[Candidate]:
    """Return who could be teamed in this scope, each with every goal that could bring the person there."""
    wanted = matched_goals(scope).where(is_free(scope))
    able = achievements(db, wanted.with_only_columns(GrowthPlan.person_id))
    goals = db.scalars(wanted.order_by(GrowthPlan.person_id, Goal.id))
    return [replace(candidate_for(goal), achieved=tuple(sorted(able[goal.plan.person_id]))) for goal in goals]


Achieved = defaultdict[int, set[str]]
"""By person, the standards of goals that are met, or of which something is offered."""


def achievements(db: Session, people: Select[int] | Collection[int]) -> Achieved:
    """Return what each of these people has achieved or offers, for the matcher alone: it names nobody by it."""
    return _achieved(db, people, Declaration.audience.in_(MATCHED_AUDIENCES), ~GrowthPlan.is_restricted)


def told_achievements(db: Session, people: Collection[int]) -> Achieved:
    """Return of what each of these people has achieved or offers what anybody of the district may be told."""
    return _achieved(db, people, Declaration.audience == Audience.DISTRICT, is_for_others())


def _achieved(db: Session, people: Select[int] | Collection[int], *conditions: ColumnElement[bool]) -> Achieved:
    wanted = select(Goal).join(Goal.plan).join(Goal.declaration).options(*GOAL_WITH_OWNER)
    wanted = wanted.where(GrowthPlan.person_id.in_(people), *conditions)
    able: Achieved = defaultdict(set)
    for goal in db.scalars(wanted.where(or_(Goal.state == GoalState.MET, Declaration.offer != ""))):
        able[goal.plan.person_id].update(_paths(goal))
    return able


Joined = defaultdict[int, dict[int, int | None]]
"""By person, the teams that they have joined, each with its course, if it has one."""


def courses_joined(db: Session, person_ids: Collection[int]) -> Joined:
    """Return the teams that each of these people has joined, with their courses; an invitation counts for nothing."""
    joined = select(TeamMember.person_id, Team.id, Team.course_id).join(TeamMember.team).where(Team.state.in_(LIVE))
    joined = joined.where(TeamMember.person_id.in_(person_ids), TeamMember.state == MemberState.ACCEPTED)
    found: Joined = defaultdict(dict)
    for person_id, team_id, course_id in db.execute(joined):
        found[person_id][team_id] = course_id
    return found


def candidate_for(goal: Goal) -> Candidate:
    """Return a goal as matching sees it: standards, context and what it is called."""
    person = goal.owner
    return replace(
        reach_of(goal),
        indicators=_paths(goal),
        grade_bands=tuple(band.value for band in person.bands),
        discipline=person.discipline,
        offers=bool(goal.declaration and goal.declaration.offer),
        text=goal.headline,
    )


def reach_of(goal: Goal) -> Candidate:
    """Return of a goal only who may see it: enough to ask whether two owners may see each other's."""
    person, declaration = goal.owner, goal.declaration
    stayed_behind = declaration is not None and declaration.stayed_behind(person)
    return Candidate(
        person_id=person.id,
        goal_id=goal.id,
        indicators=(),
        school=person.school.name if person.school and not stayed_behind else "",
        across_schools=declaration is not None and declaration.audience is Audience.DISTRICT,
    )


def _paths(goal: Goal) -> tuple[str, ...]:
    return tuple(f"{indicator.framework_id}:{indicator.path}" for indicator in goal.indicators)


def candidates_of(members: Iterable[TeamMember]) -> list[Candidate]:
    """Return the members of a team as matching sees them; a goal that not all of them may see speaks for nothing."""
    team = list(members)
    return [candidate_for(member.goal) for member in team if member.goal and reaches(member, team)]


def reaches(member: TeamMember, others: Iterable[TeamMember]) -> bool:
    """Return whether all of these may see the member's goal, as far as it is declared."""
    declaration = member.goal.declaration if member.goal else None
    if declaration is None or declaration.audience is not Audience.SCHOOL:
        return declaration is not None and declaration.audience is Audience.DISTRICT
    school_id = declaration.school_id
    return school_id is not None and all(other.person.school_id == school_id for other in others)


def is_matched(member: TeamMember) -> bool:
    """Return whether a proposal may still hold this member: the goal can be matched, and the person is not paused."""
    return can_be_matched(member.goal, member.person) and member.team.lets_share


def can_be_matched(goal: Goal | None, person: Person) -> bool:
    """Return whether a goal may still bring its owner into a team, where the district lets goals be shared."""
    if goal is None or goal.declaration is None or goal.declaration.audience not in MATCHED_AUDIENCES:
        return False
    is_here = not goal.declaration.stayed_behind(person)
    return is_here and goal.is_open and goal.plan.is_for_others and person.pause is None


def may_still_join(member: TeamMember) -> bool:
    """Return whether the goal by which somebody was invited is shared still, with the teammates at least."""
    goal = member.goal
    if goal is None or goal.declaration is None or not goal.declaration.audience.reaches(Audience.TEAM):
        return False
    return goal.plan.is_for_others and member.team.lets_share
