"""Reads of what designers want of proposals: who is kept together or apart, and who is held where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import combinations

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from lti_tool.errors import NotFoundError
from lti_tool.people.models import Person
from lti_tool.teams.asking import Bonds
from lti_tool.teams.models import Team, TeamMember, TeamState, TeamWish, WishedPerson, WishKind
from lti_tool.teams.queries.apart import kept_apart_from
from lti_tool.teams.scopes import Scope

MOST_WISHES = 100
"""So many are shown, and so many can be made, for one course, school or district."""


def wishes_of(db: Session, scope: Scope) -> Sequence[TeamWish]:
    """Return the wishes of a scope that still name two people, the oldest first."""
    return _wishes(db, scope.holds(TeamWish))


def wishes_and_pairs(db: Session, scope: Scope) -> tuple[Sequence[TeamWish], set[frozenset[int]]]:
    """Return the wishes of a scope, and the pairs that no designer's proposal may hold: both read at once."""
    found = _wishes(db, or_(scope.holds(TeamWish), _is_apart(scope)))
    own = [wish for wish in found if all(getattr(wish, name) == value for name, value in scope.columns.items())]
    return own, _pairs(groups_wished(found, WishKind.APART))


def _wishes(db: Session, wanted: ColumnElement[bool]) -> Sequence[TeamWish]:
    with_names = selectinload(TeamWish.people).joinedload(WishedPerson.person)
    found = db.scalars(select(TeamWish).where(wanted).order_by(TeamWish.id).options(with_names))
    return [wish for wish in found if len(wish.people) > 1]


def _is_apart(scope: Scope) -> ColumnElement[bool]:
    """Say in SQL that a wish of any designer of the district keeps people apart."""
    return and_(TeamWish.district_id == scope.district_id, TeamWish.kind == WishKind.APART)


def _pairs(groups: Iterable[Collection[int]]) -> set[frozenset[int]]:
    return {frozenset(pair) for group in groups for pair in combinations(group, 2)}


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


def apart_wished(db: Session, scope: Scope) -> set[frozenset[int]]:
    """Return the pairs that designers want apart in this scope: there nobody else brings them together either."""
    return _pairs(groups_wished(wishes_of(db, scope), WishKind.APART))


def apart_in_runs(db: Session, scope: Scope) -> set[frozenset[int]]:
    """Return the pairs that no designer's proposal may hold: whom any designer of the district wants apart.

    It is about these two and not about a place. In whose course it was said, and why, no other designer learns.
    """
    named = select(WishedPerson.wish_id, WishedPerson.person_id).join(TeamWish, TeamWish.id == WishedPerson.wish_id)
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for wish_id, person_id in db.execute(named.where(_is_apart(scope))):
        groups[wish_id].append(person_id)
    return _pairs(groups.values())


def apart_from(db: Session, person: Person, others: Collection[int], scope: Scope) -> set[int]:
    """Return with which of these people the person cannot be in one team of a scope, whatever keeps them apart."""
    wished = {each for pair in apart_wished(db, scope) if person.id in pair for each in pair} - {person.id}
    return kept_apart_from(db, person, others) | (wished & set(others))


def bonds_of(db: Session, scope: Scope) -> Bonds:
    """Return what the next proposals of a scope have to hold fast."""
    places = select(TeamMember.person_id, TeamMember.team_id, TeamMember.goal_id).join(TeamMember.team)
    locked = places.where(scope.holds(Team), Team.state == TeamState.PROPOSED, TeamMember.is_locked)
    return Bonds(
        together=tuple(groups_wished(wishes_of(db, scope), WishKind.TOGETHER)),
        locked={person_id: (team_id, goal_id) for person_id, team_id, goal_id in db.execute(locked) if goal_id},
    )
