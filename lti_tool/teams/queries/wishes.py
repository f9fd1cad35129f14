"""Reads of what designers want of proposals: who is kept together or apart, and who is held where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from itertools import combinations

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from lti_tool.errors import NotFoundError
from lti_tool.paging import cut, following
from lti_tool.people.models import Course, Person
from lti_tool.teams.asking import Bonds
from lti_tool.teams.models import Team, TeamMember, TeamState, TeamWish, WishedPerson, WishKind
from lti_tool.teams.queries.apart import kept_apart_from
from lti_tool.teams.scopes import Scope, held_by, scope_of, scopes_of

MOST_WISHES = 100
"""So many are shown, and so many can be made, for one course, school or district."""
WISHES_PAGE = 20
WITH_NAMES = selectinload(TeamWish.people).joinedload(WishedPerson.person)


def wishes_of(db: Session, *scopes: Scope) -> Sequence[TeamWish]:
    """Return the wishes of these scopes that still name two people, the oldest first."""
    wanted = select(TeamWish).where(held_by(scopes, TeamWish))
    found = db.scalars(wanted.order_by(TeamWish.id).options(WITH_NAMES))
    return [wish for wish in found if len(wish.people) > 1]


def count_in_courses(db: Session, person: Person) -> int:
    """Return how many wishes hold in courses of the person's district, those that are marked no more among them."""
    return db.scalar(_in_courses(person).with_only_columns(func.count())) or 0


def wishes_in_courses(
    db: Session, person: Person, *, after: int | None = None
) -> tuple[Sequence[TeamWish], TeamWish | None]:
    """Return a page of the wishes in courses of the person's district, by course, and its last where more follow.

    A course that is marked no more, or that nobody enters, has no page on which they could be taken back.
    """
    order = (Course.title, TeamWish.id)
    wanted = _in_courses(person)
    if after is not None:
        wanted = following(wanted, order, wanted.where(TeamWish.id == after))
    found = wanted.order_by(*order).limit(WISHES_PAGE + 1).options(WITH_NAMES, contains_eager(TeamWish.course))
    return cut(db.scalars(found).all(), WISHES_PAGE)


def _in_courses(person: Person) -> Select[TeamWish]:
    named = select(func.count()).where(WishedPerson.wish_id == TeamWish.id).scalar_subquery()
    found = select(TeamWish).join(TeamWish.course)
    return found.where(TeamWish.district_id == person.district_id, named > 1)


def wish_of(db: Session, person: Person, wish_id: int) -> TeamWish:
    """Return a wish of the person's district; whether the person may change it is the caller's question."""
    is_this = (TeamWish.id == wish_id, TeamWish.district_id == person.district_id)
    with_scope = (joinedload(TeamWish.course), joinedload(TeamWish.school))
    wish = db.scalar(select(TeamWish).where(*is_this).options(*with_scope))
    if wish is None:
        raise NotFoundError
    return wish


def groups_wished(wishes: Sequence[TeamWish], kind: WishKind) -> list[frozenset[int]]:
    """Return the people of each wish of a kind, by their ids."""
    return [frozenset(each.person_id for each in wish.people) for wish in wishes if wish.kind is kind]


def apart_wished(db: Session, *scopes: Scope) -> set[frozenset[int]]:
    """Return the pairs that designers want apart in these scopes."""
    return apart_by(wishes_of(db, *scopes))


def apart_wished_in(db: Session, teams: Collection[Team]) -> dict[int, set[frozenset[int]]]:
    """Return by team the pairs that designers want apart there."""
    scopes = {team.id: scopes_of(team) for team in teams}
    wishes = wishes_of(db, *set().union(*scopes.values()))
    return {
        team_id: apart_by([wish for wish in wishes if scope_of(wish) in there]) for team_id, there in scopes.items()
    }


def apart_from(db: Session, person: Person, others: Collection[int], *scopes: Scope) -> set[int]:
    """Return with which of these people the person cannot be in one team of these scopes, whatever keeps them apart."""
    wished = {each for pair in apart_wished(db, *scopes) if person.id in pair for each in pair} - {person.id}
    return kept_apart_from(db, person, others) | (wished & set(others))


def wished_apart_from(db: Session, person: Person) -> dict[Scope, set[int]]:
    """Return by scope with whom designers want this person in no team there."""
    names = TeamWish.people.any(WishedPerson.person_id == person.id)
    wanted = select(TeamWish).where(TeamWish.district_id == person.district_id, TeamWish.kind == WishKind.APART, names)
    wanted = wanted.options(joinedload(TeamWish.course), joinedload(TeamWish.school), selectinload(TeamWish.people))
    found: defaultdict[Scope, set[int]] = defaultdict(set)
    for wish in db.scalars(wanted):
        found[scope_of(wish)] |= {each.person_id for each in wish.people} - {person.id}
    return found


def apart_by(wishes: Sequence[TeamWish]) -> set[frozenset[int]]:
    """Return the pairs that these wishes keep apart."""
    groups = groups_wished(wishes, WishKind.APART)
    return {frozenset(pair) for group in groups for pair in combinations(group, 2)}


def bonds_of(db: Session, scope: Scope) -> Bonds:
    """Return what the next proposals of a scope have to hold fast."""
    places = select(TeamMember.person_id, TeamMember.team_id, TeamMember.goal_id).join(TeamMember.team)
    locked = places.where(scope.holds(Team), Team.state == TeamState.PROPOSED, TeamMember.is_locked)
    return Bonds(
        together=tuple(groups_wished(wishes_of(db, scope), WishKind.TOGETHER)),
        locked={person_id: (team_id, goal_id) for person_id, team_id, goal_id in db.execute(locked) if goal_id},
    )
