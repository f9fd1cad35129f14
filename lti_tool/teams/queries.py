"""Reads about teams. What is shown of a goal is what its owner declared to whoever looks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from lti_tool.errors import NotFoundError
from lti_tool.people.models import Course, CourseRole, Membership, Person
from lti_tool.plans.models import Audience, Declaration, Goal, GoalCourse, GoalState, GrowthPlan
from lti_tool.plans.queries import declared_goals, works_near
from lti_tool.teams.likeness import Candidate, inner_product, likeness, may_see_each_other, standards_vector
from lti_tool.teams.models import MemberState, Team, TeamMember, TeamState
from lti_tool.teams.reasons import explain_if_any

MOST_TEAMS = 2
"""More than two teams a person is too many to be of use to any (domain research: DuFour)."""
MOST_COMPARED = 300
LIVE = (TeamState.INVITING, TeamState.FORMED)
MATCHED_AUDIENCES = (Audience.SCHOOL, Audience.DISTRICT)
GOAL_WITH_OWNER = (
    joinedload(Goal.plan).joinedload(GrowthPlan.person).joinedload(Person.school),
    joinedload(Goal.declaration),
    selectinload(Goal.indicators),
)
TEAM_WITH_MEMBERS = (
    joinedload(Team.course),
    selectinload(Team.members).joinedload(TeamMember.person).joinedload(Person.school),
    selectinload(Team.members).joinedload(TeamMember.goal).options(*GOAL_WITH_OWNER),
)


@dataclass(frozen=True, slots=True)
class TeamNow:
    """A team as it is to be shown now: a goal that was withdrawn since no longer speaks for anything."""

    team: Team
    members: list[TeamMember]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LikeGoal:
    """A colleague's declared goal beside the own one that it is like."""

    mine: Goal
    theirs: Goal
    shared: tuple[str, ...]
    """Codes of the indicators that both cite, or of the nearest standard above them."""
    can_ask: bool
    """Whether a team of both could have a group: they count one course in which the person has no team yet."""


def team_of_member(db: Session, person: Person, team_id: int, *, to_change: bool = False) -> Team:
    """Return a team that this person was invited to or is in; anybody else's is not there."""
    team = _team(db, person, team_id, to_change=to_change)
    member = team.membership_of(person.id)
    if member is None or team.state not in LIVE:
        raise NotFoundError
    return team


def team_of_district(db: Session, person: Person, team_id: int, *, to_change: bool = False) -> Team:
    """Return any team of the person's district; whether the person may see it is the caller's question."""
    return _team(db, person, team_id, to_change=to_change)


def _team(db: Session, person: Person, team_id: int, *, to_change: bool) -> Team:
    """Return a team; `to_change` lets one change after another, so that each sees what the others answered."""
    is_this = (Team.id == team_id, Team.district_id == person.district_id)
    if to_change:
        db.execute(select(Team.id).where(*is_this).with_for_update())
    team = db.scalar(select(Team).where(*is_this).options(*TEAM_WITH_MEMBERS))
    if team is None:
        raise NotFoundError
    return team


def teams_of(db: Session, person: Person) -> Sequence[Team]:
    """Return the teams that this person was invited to or is in, by name."""
    own = select(TeamMember.team_id).where(TeamMember.person_id == person.id)
    wanted = select(Team).where(Team.id.in_(own), Team.district_id == person.district_id, Team.state.in_(LIVE))
    return db.scalars(wanted.order_by(Team.name, Team.id).options(*TEAM_WITH_MEMBERS)).all()


def teams_in_course(db: Session, person: Person, course: Course) -> Sequence[Team]:
    """Return all teams of a course, proposals included, by name: what its designer works on."""
    wanted = select(Team).where(
        Team.course_id == course.id, Team.district_id == person.district_id, Team.state != TeamState.DISSOLVED
    )
    return db.scalars(wanted.order_by(Team.name, Team.id).options(*TEAM_WITH_MEMBERS)).all()


def goals_to_match(db: Session, course: Course) -> Sequence[Goal]:
    """Return the open goals that count this course and are declared widely enough to be matched."""
    learner = exists().where(
        Membership.course_id == course.id,
        Membership.person_id == GrowthPlan.person_id,
        Membership.role == CourseRole.LEARNER,
        Membership.is_active,
    )
    wanted = declared_goals(course.district_id).join(GoalCourse, GoalCourse.goal_id == Goal.id)
    matched = wanted.where(GoalCourse.course_id == course.id, Declaration.audience.in_(MATCHED_AUDIENCES), learner)
    return db.scalars(matched.order_by(GrowthPlan.person_id, Goal.id)).all()


def free_candidates(db: Session, course: Course) -> list[Candidate]:
    """Return who could be teamed in this course: declared, not yet in a team of it, and in fewer than two."""
    goals = goals_to_match(db, course)
    counts = count_teams(db, {goal.plan.person_id for goal in goals})
    here = set(
        db.scalars(
            select(TeamMember.person_id).join(TeamMember.team).where(Team.course_id == course.id, Team.state.in_(LIVE))
        )
    )
    free = (g for g in goals if g.plan.person_id not in here and counts[g.plan.person_id] < MOST_TEAMS)
    return [candidate_for(goal) for goal in free]


def goal_to_start_from(db: Session, person: Person, goal_id: int) -> Goal:
    """Return an open goal of the district with all that starting a team needs to know of it."""
    wanted = select(Goal).join(Goal.plan).where(Goal.id == goal_id, GrowthPlan.district_id == person.district_id)
    with_courses = selectinload(Goal.courses).joinedload(GoalCourse.course)
    goal = db.scalar(wanted.where(Goal.state == GoalState.OPEN).options(*GOAL_WITH_OWNER, with_courses))
    if goal is None:
        raise NotFoundError
    return goal


def count_teams(db: Session, person_ids: Iterable[int]) -> Counter[int]:
    """Return in how many teams each person is, or was asked to be."""
    wanted = (
        select(TeamMember.person_id, func.count())
        .join(TeamMember.team)
        .where(TeamMember.person_id.in_(list(person_ids)), Team.state.in_(LIVE))
        .group_by(TeamMember.person_id)
    )
    return Counter(dict(db.execute(wanted).all()))


def candidate_for(goal: Goal) -> Candidate:
    """Return a goal as matching sees it: standards and context, not one word of it."""
    person, declaration = goal.owner, goal.declaration
    return Candidate(
        person_id=person.id,
        goal_id=goal.id,
        indicators=tuple(f"{indicator.framework_id}:{indicator.path}" for indicator in goal.indicators),
        grade_band=person.grade_band.value if person.grade_band else "",
        discipline=person.discipline,
        school=person.school.name if person.school else "",
        across_schools=declaration is not None and declaration.audience is Audience.DISTRICT,
        offers=bool(declaration and declaration.offer),
    )


def candidates_of(members: Iterable[TeamMember]) -> list[Candidate]:
    """Return the members of a team as matching sees them; a goal that not all of them may see speaks for nothing."""
    team = list(members)
    return [candidate_for(member.goal) for member in team if member.goal and _reaches(member, team)]


def _reaches(member: TeamMember, others: Iterable[TeamMember]) -> bool:
    declaration, school_id = member.goal.declaration if member.goal else None, member.person.school_id
    if declaration is None or declaration.audience is not Audience.SCHOOL:
        return declaration is not None and declaration.audience is Audience.DISTRICT
    return school_id is not None and all(other.person.school_id == school_id for other in others)


def team_now(team: Team) -> TeamNow:
    """Return a team with who is in it by name, and why; a proposal without those who withdrew their goal."""
    members = [each for each in team.members if team.state is not TeamState.PROPOSED or is_matched(each)]
    members.sort(key=lambda each: (each.person.name, each.person_id))
    return TeamNow(team, members, explain_if_any(candidates_of(members)))


def is_matched(member: TeamMember) -> bool:
    """Return whether the goal that brought this member here is still declared widely enough to be matched."""
    declaration = member.goal.declaration if member.goal else None
    return declaration is not None and declaration.audience in MATCHED_AUDIENCES


def people_without_team(db: Session, course: Course) -> Sequence[Person]:
    """Return who declared a goal that counts this course and is in no team of it, by name."""
    person_ids = {candidate.person_id for candidate in free_candidates(db, course)}
    proposed = (
        select(TeamMember.person_id)
        .join(TeamMember.team)
        .where(Team.course_id == course.id, Team.state == TeamState.PROPOSED)
    )
    wanted = select(Person).where(Person.id.in_(person_ids), Person.id.not_in(proposed))
    return db.scalars(wanted.order_by(Person.name, Person.id)).all()


def visible_goal(member: TeamMember, viewer: Person, *, as_teammate: bool) -> Goal | None:
    """Return a member's goal if its declaration reaches this viewer, as a teammate or as any colleague."""
    goal = member.goal
    if goal is None or goal.declaration is None:
        return None
    match goal.declaration.audience:
        case _ if member.person_id == viewer.id:
            return goal
        case Audience.TEAM:
            return goal if as_teammate and member.state is MemberState.ACCEPTED else None
        case Audience.SCHOOL:
            return goal if member.person.school_id == viewer.school_id and viewer.school_id else None
        case Audience.DISTRICT:
            return goal
        case _:
            return None


def like_goals(db: Session, person: Person, teams: Sequence[Team], *, limit: int = 12) -> list[LikeGoal]:
    """Return colleagues' declared goals that are like the person's own, the nearest first.

    Those with whom the person is in one of these `teams` are left out.
    """
    mates = {member.person_id for team in teams for member in team.members}
    taken = {team.course_id for team in teams if team.membership_of(person.id) in team.accepted}
    mine = [(goal, candidate_for(goal)) for goal in _open_declared(db, person, GrowthPlan.person_id == person.id)]
    if not mine:
        return []
    own = [indicator for goal, _ in mine for indicator in goal.indicators]
    theirs = _open_declared(db, person, GrowthPlan.person_id.not_in({person.id, *mates}), works_near(own))
    found = [pair for goal in theirs if (pair := _nearest(mine, goal, taken))]
    found.sort(key=lambda pair: (-pair[0], pair[1].theirs.owner.name, pair[1].theirs.id))
    return [like for _, like in found[:limit]]


def _open_declared(db: Session, person: Person, *conditions: ColumnElement[bool]) -> Sequence[Goal]:
    wanted = declared_goals(person.district_id).where(Declaration.audience.in_(MATCHED_AUDIENCES), *conditions)
    nearest = wanted.order_by(Person.name, Goal.id).limit(MOST_COMPARED)
    return db.scalars(nearest.options(selectinload(Goal.courses))).all()


def _nearest(mine: list[tuple[Goal, Candidate]], goal: Goal, taken: set[int]) -> tuple[float, LikeGoal] | None:
    """Return which of the own goals this one is most like; they must share a component at least."""
    candidate = candidate_for(goal)
    best: tuple[float, LikeGoal] | None = None
    for own, own_candidate in mine:
        shared = _shared_codes(own_candidate, candidate)
        if not shared or not may_see_each_other(own_candidate, candidate):
            continue
        standards = inner_product(standards_vector(own_candidate.indicators), standards_vector(candidate.indicators))
        near = likeness(own_candidate, candidate, standards)
        if best is None or near > best[0]:
            courses = {link.course_id for link in own.courses} & {link.course_id for link in goal.courses}
            best = (near, LikeGoal(own, goal, shared, can_ask=bool(courses - taken)))
    return best


def _shared_codes(one: Candidate, other: Candidate) -> tuple[str, ...]:
    """Return the codes of common indicators, or else of common components."""
    exact = set(one.indicators) & set(other.indicators)
    near = {path.rsplit("/", 1)[0] for path in one.indicators if path.count("/") > 1}
    near &= {path.rsplit("/", 1)[0] for path in other.indicators if path.count("/") > 1}
    return tuple(sorted(node.rsplit("/", 1)[-1].rsplit(":", 1)[-1] for node in exact or near))
