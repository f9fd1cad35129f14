"""What a designer holds fast in proposals: people locked where they are, kept together, kept apart."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum

from sqlalchemy.orm import Session

from lti_tool.errors import ConflictError, InvalidInputError
from lti_tool.people.models import Person
from lti_tool.people.operations import record_audit
from lti_tool.teams.asking import LARGEST, torn
from lti_tool.teams.models import Team, TeamMember, TeamWish, WishedPerson, WishKind
from lti_tool.teams.operations.locking import lock_scope
from lti_tool.teams.operations.proposing import member_of, unsent_proposal
from lti_tool.teams.queries import apart_wished, bonds_of, groups_wished, may_not_be_teamed, wishes_of
from lti_tool.teams.queries.wishes import MOST_WISHES
from lti_tool.teams.scopes import Scope, scope_of


class Arrangement(StrEnum):
    """What is to be done with the members that were chosen on a proposal's card."""

    LOCK = "lock"
    FREE = "free"
    TOGETHER = "together"
    APART = "apart"


def arrange(db: Session, actor: Person, team_id: int, member_ids: Iterable[int], what: Arrangement) -> None:
    """Lock these members of an unsent proposal where they are, let them go, or keep them together or apart."""
    team = unsent_proposal(db, actor, team_id)
    lock_scope(db, scope_of(team))
    members = [member_of(team, member_id) for member_id in dict.fromkeys(member_ids)]
    if not members:
        raise InvalidInputError("Tick somebody first.")
    if what in {Arrangement.TOGETHER, Arrangement.APART}:
        _wish(db, team, members, WishKind(what.value))
    else:
        _hold(db, team, members, is_locked=what is Arrangement.LOCK)
    record_audit(db, actor, "team_edited", "team", team_id)


def forget_wish(db: Session, actor: Person, wish: TeamWish) -> None:
    """Take a wish back: the next proposals need not keep it."""
    record_audit(db, actor, "team_wish_forgotten", "team_wish", wish.id)
    db.delete(wish)


def _hold(db: Session, team: Team, members: Collection[TeamMember], *, is_locked: bool) -> None:
    for member in members:
        member.is_locked = is_locked
    if not is_locked:
        return
    held = [member for member in team.members if member.is_locked]
    if len(held) > LARGEST:
        raise ConflictError(f"A team of {LARGEST} people at most is proposed: so many can be locked.")
    db.flush()
    _check(db, scope_of(team))


def _wish(db: Session, team: Team, members: Collection[TeamMember], kind: WishKind) -> None:
    if len(members) < 2:
        raise InvalidInputError("Tick two people at least.")
    people = frozenset(member.person_id for member in members)
    if kind is WishKind.TOGETHER and any(pair <= people for pair in may_not_be_teamed(db, people)):
        raise ConflictError("Some of these people are kept apart.")
    wishes = wishes_of(db, scope_of(team))
    if people in groups_wished(wishes, kind):
        return
    if len(wishes) >= MOST_WISHES:
        raise ConflictError("So many wishes cannot be kept. Take some of them back first.")
    wish = TeamWish(**scope_of(team).columns, kind=kind)
    wish.people = [WishedPerson(person_id=person_id) for person_id in sorted(people)]
    db.add(wish)
    db.flush()
    _check(db, scope_of(team))


def _check(db: Session, scope: Scope) -> None:
    """Refuse what no proposals could keep: said now rather than when they are searched."""
    bonds = bonds_of(db, scope)
    team_of = {person_id: team_id for person_id, (team_id, _) in bonds.locked.items()}
    for chain in bonds.chains:
        if len(chain) > LARGEST:
            raise ConflictError(f"That would keep {len(chain)} people together, and a team has {LARGEST} at most.")
        if len({team_of[each] for each in chain if each in team_of}) > 1:
            raise ConflictError("Some of these people are locked to different proposals. Let them go first.")
    if torn(bonds, apart_wished(db, scope)):
        raise ConflictError("Some of these people are kept together and apart, or locked to one proposal and apart.")
