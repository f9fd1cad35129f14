"""Who of a proposal can be invited now, and what stands in the way: asked once for all proposals of a page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from sqlalchemy import case, false, func, or_, select
from sqlalchemy.orm import Session

from lti_tool.people.models import Course
from lti_tool.teams.asking import NO_BONDS, hidden, torn
from lti_tool.teams.matching.request import may_see_each_other
from lti_tool.teams.models import MemberState, Team, TeamMember, TeamWish, WishKind
from lti_tool.teams.queries.apart import may_not_be_teamed
from lti_tool.teams.queries.candidates import (
    LIVE,
    MOST_TEAMS,
    candidate_for,
    candidates_of,
    is_matched,
    reaches_in,
)
from lti_tool.teams.queries.teams import TeamNow
from lti_tool.teams.queries.wishes import apart_by, apart_wished, bonds_of, wishes_of
from lti_tool.teams.reasons import why_together
from lti_tool.teams.scopes import Scope

MOST_BY_HAND = 8
"""Matching stops at six; a designer may go to eight."""
TOO_SMALL = "A team needs at least two people. Move somebody into it, or remove it."
LOCKED_ALONE = "Whoever is locked here is alone: nobody was found who could come."
TORN = "Two of them, or of others kept together with them, are kept apart."
OTHER_SCHOOL = (
    "Two of them, or of others kept together with them, are in different schools, "
    "and a goal of one is shared with the own school only."
)
OWN_SCHOOL_ONLY = "One of these goals is shared with its own school only."


@dataclass(frozen=True, slots=True)
class Readiness:
    """Who cannot be invited by these proposals any more, and who is kept apart."""

    busy: frozenset[int]
    """Who has joined a team of this scope by now, or two at all; an invitation counts for nothing before its yes."""
    apart: frozenset[frozenset[int]]
    """Pairs that must not be in one team: of whom one reviews the other, or whom a designer wants apart."""
    wishes: Sequence[TeamWish] = ()
    """What designers want kept in this scope."""
    torn: Collection[int] = ()
    """Who is wished together, through others as well, with two who are kept apart: these wishes are let go."""
    hidden: Collection[int] = ()
    """The same, with two of whom no goals may be seen by both."""

    @property
    def not_kept(self) -> dict[int, str]:
        """Return by the ids of the wishes that no proposals can keep why, in words."""
        whys = ((self.hidden, OTHER_SCHOOL), (self.torn, TORN))
        together = [wish for wish in self.wishes if wish.kind is WishKind.TOGETHER]
        return {
            wish.id: why
            for people, why in whys
            for wish in together
            if any(each.person_id in people for each in wish.people)
        }

    def members_of(self, team: Team) -> list[TeamMember]:
        """Return who of a proposal would be invited, by name."""
        ready = [each for each in team.members if is_matched(each) and each.person_id not in self.busy]
        return sorted(ready, key=lambda each: (each.person.name, each.person_id))

    def now(self, team: Team) -> TeamNow:
        """Return a proposal as its designer is to see it now."""
        members = self.members_of(team)
        return TeamNow(team, members, why_together(candidates_of(members)), self.why_not_sent(team))

    def alone_in(self, teams: Iterable[Team]) -> list[TeamMember]:
        """Return who is held in one of these proposals with nobody else who could be invited, by name."""
        ready = [self.members_of(team) for team in teams]
        alone = [members[0] for members in ready if len(members) == 1 and members[0].is_locked]
        return sorted(alone, key=lambda each: (each.person.name, each.person_id))

    def why_not_sent(self, team: Team) -> str:
        """Return in words why a proposal cannot be sent as it is; empty when it can."""
        members = self.members_of(team)
        if len(members) < 2:
            return LOCKED_ALONE if self.alone_in([team]) else TOO_SMALL
        return self._why_not(members)

    def why_not_there(self, target: Team, member: TeamMember) -> str:
        """Return in words why a member cannot come to another proposal; empty when nothing stands in the way."""
        there = self.members_of(target)
        if len(there) >= MOST_BY_HAND:
            return "That team is full."
        if not is_matched(member) or member.person_id in self.busy:
            return "This person is not open to a proposal any more."
        return self._why_not([member, *there], about=member)

    def _why_not(self, members: Collection[TeamMember], *, about: TeamMember | None = None) -> str:
        """Return what keeps these people from being one team; of one who comes, what keeps that person from it."""
        for one, other in combinations(members, 2):
            if about is not None and one is not about:
                break
            if frozenset((one.person_id, other.person_id)) in self.apart:
                return f"{one.person.name} and {other.person.name} are kept apart."
            if one.goal and other.goal and not may_see_each_other(candidate_for(one.goal), candidate_for(other.goal)):
                return OWN_SCHOOL_ONLY
        return ""


def readiness(db: Session, scope: Scope, teams: Iterable[Team], course: Course | None = None) -> Readiness:
    """Return who of these proposals of a scope can be invited now, where their groups are in this course if in any."""
    person_ids = {member.person_id for team in teams for member in team.members}
    wishes = wishes_of(db, scope)
    wished = {each.person_id for wish in wishes for each in wish.people}
    bonds = bonds_of(db, scope) if wishes else NO_BONDS
    apart = may_not_be_teamed(db, person_ids | wished | bonds.locked.keys()) | apart_by(wishes)
    apart |= apart_wished(db, Scope.of_course(course)) if course else set()
    goals = reaches_in(db, scope, wished | bonds.locked.keys()) if wishes else ()
    busy = _busy(db, scope, person_ids, course)
    return Readiness(busy, frozenset(apart), wishes, torn(bonds, apart), hidden(bonds, goals))


def _busy(db: Session, scope: Scope, person_ids: set[int], course: Course | None) -> frozenset[int]:
    in_course = Team.course_id == course.id if course else false()
    here = func.max(case((or_(scope.holds(Team), in_course), 1), else_=0))
    live = select(TeamMember.person_id).join(TeamMember.team).group_by(TeamMember.person_id)
    live = live.where(TeamMember.person_id.in_(person_ids), TeamMember.state == MemberState.ACCEPTED)
    live = live.where(Team.state.in_(LIVE))
    return frozenset(db.scalars(live.having(or_(func.count() >= MOST_TEAMS, here == 1))))
