"""Proposals: asked for, made by the worker, edited by designers, unseen by anybody else until they are sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session, selectinload

from lti_tool.errors import ConflictError, InvalidInputError, NotFoundError
from lti_tool.outbox.operations import enqueue
from lti_tool.people.models import Person
from lti_tool.people.operations import record_audit
from lti_tool.teams.likeness import nearness_to
from lti_tool.teams.models import LeftAlone, ProposalRun, RunKind, Team, TeamMember, TeamState
from lti_tool.teams.names import free_names
from lti_tool.teams.operations.changing import replace_changes
from lti_tool.teams.operations.explaining import forget_placements, note_alone, note_placements
from lti_tool.teams.operations.joining import dissolve_team
from lti_tool.teams.operations.locking import lock_scope, names_taken
from lti_tool.teams.queries import (
    MATCH,
    candidate_for,
    candidates_of,
    free_candidates,
    goals_without_team,
    is_matched,
    is_over,
    key_of_matching,
    last_run,
    may_not_be_teamed,
    proposals_in,
    readiness,
    team_of_district,
)
from lti_tool.teams.reasons import WhyTogether, why_together
from lti_tool.teams.scopes import Scope, scope_of
from lti_tool.teams.seats import NOTHING_BESIDE, Beside, Place


def ask_for_teams(
    db: Session, actor: Person, scope: Scope, *, within_schools: bool = False, kind: RunKind = RunKind.ANEW
) -> None:
    """Have the worker propose teams among the declared goals of a scope, or changes to those that stand."""
    within = {name: value for name, value in scope.columns.items() if name != "district_id"}
    enqueue(
        db,
        kind=MATCH,
        key=key_of_matching(scope),
        district_id=scope.district_id,
        payload={**within, "actor_id": actor.id, "within_schools": within_schools, "kind": kind},
    )
    record_audit(db, actor, "teams_asked", *scope.subject)


def keep_proposals(
    db: Session,
    actor: Person,
    scope: Scope,
    found: Sequence[Sequence[Place]],
    *,
    message_id: int | None = None,
    beside: Beside = NOTHING_BESIDE,
) -> list[Team]:
    """Propose teams of these people with these goals, and what was found beside; what was not sent is replaced.

    Whom the designer locked stays, and whoever was found with them comes to them. Whoever withdrew the goal, paused or
    joined a team meanwhile is left out, and a team that it leaves alone is not proposed. A message that comes again
    changes nothing.
    """
    lock_scope(db, scope)
    if message_id and db.scalar(select(ProposalRun.id).where(ProposalRun.message_id == message_id)):
        return []
    _drop_fallen_apart(db, scope)
    held = _drop_unlocked(db, scope)
    free = {(each.person_id, each.goal_id) for each in free_candidates(db, scope)}
    apart = may_not_be_teamed(db, {person_id for person_id, _ in free})
    still = [_kept_apart([each for each in places if each in free], held, apart) for places in found]
    made = _made(db, actor, scope, still, held)
    note_placements(made, found, beside.placed)
    run = _note_run(db, scope, message_id, beside)
    seated = {change.person_id for change in beside.changes}
    teamed = {member.person_id for team in (*made, *held.values()) for member in team.members}
    note_alone(db, run, {person_id for person_id, _ in free} - seated - teamed, beside.rare)
    record_audit(db, actor, "teams_proposed", *scope.subject, teams=len(made))
    db.flush()  # whoever asked wants their ids
    return made


def _made(
    db: Session, actor: Person, scope: Scope, found: Iterable[Sequence[Place]], held: dict[int, Team]
) -> list[Team]:
    """Return new proposals of those who are in none, the others put where somebody of their team is held."""
    names = free_names(names_taken(db, scope), scope.subject[1])
    made = [
        Team(**scope.columns, name=next(names), created_by_id=actor.id, members=_members(places))
        for places in found
        if len(places) > 1 and not any(person_id in held for person_id, _ in places)
    ]
    _join_held(found, held)
    db.add_all(made)
    return made


def _note_run(db: Session, scope: Scope, message_id: int | None, beside: Beside) -> ProposalRun:
    run = ProposalRun(
        **scope.columns, message_id=message_id, kind=beside.kind, gain=beside.gain, text_model=beside.text_model
    )
    db.add(run)
    db.flush()  # its id is in each row of what it found
    replace_changes(db, scope, run, beside.changes)
    return run


def _drop_fallen_apart(db: Session, scope: Scope) -> None:
    """End teams that two have not joined by the time they were asked until; whoever waits there is placed anew."""
    for team in db.scalars(select(Team).where(scope.holds(Team), is_over()).options(selectinload(Team.members))):
        dissolve_team(db, team)


def _drop_unlocked(db: Session, scope: Scope) -> dict[int, Team]:
    """Delete unsent proposals but for whom the designer locked; return the proposals of these by person."""
    unsent = select(Team.id).where(scope.holds(Team), Team.state == TeamState.PROPOSED)
    no_sync = {"synchronize_session": False}
    loose = delete(TeamMember).where(TeamMember.team_id.in_(unsent), ~TeamMember.is_locked)
    db.execute(loose.execution_options(**no_sync))
    is_empty = ~exists().where(TeamMember.team_id == Team.id)
    db.execute(delete(Team).where(Team.id.in_(unsent), is_empty).execution_options(**no_sync))
    db.expire_all()  # what was deleted is in no list any more
    teams = proposals_in(db, scope)
    for team in teams:
        team.members = [member for member in team.members if is_matched(member)]
        forget_placements(team)
        if not team.members:
            db.delete(team)
    return {member.person_id: team for team in teams for member in team.members}


def _members(places: Iterable[Place]) -> list[TeamMember]:
    return [TeamMember(person_id=person_id, goal_id=goal_id) for person_id, goal_id in places]


def _join_held(found: Iterable[Sequence[Place]], held: dict[int, Team]) -> None:
    """Put whoever was found with somebody locked into the proposal where that person is."""
    for places in found:
        team = next((held[person_id] for person_id, _ in places if person_id in held), None)
        if team is not None:
            there = {member.person_id for member in team.members}
            team.members += _members(each for each in places if each[0] not in there)


def _kept_apart(places: Iterable[Place], held: dict[int, Team], apart: set[frozenset[int]]) -> list[Place]:
    """Return those who may be in one team, whoever is locked first; of two who may not, the later one is left out."""
    kept: list[Place] = []
    for place in sorted(places, key=lambda each: each[0] not in held):
        if not any(frozenset((place[0], other)) in apart for other, _ in kept):
            kept.append(place)
    return kept


def begin_proposal(db: Session, actor: Person, scope: Scope, person_id: int, goal_id: int | None = None) -> TeamMember:
    """Begin a proposal by hand with somebody who is in no team; the others come to it, or this one to theirs.

    Of several goals the one that was shared last brings the person there, unless another one is named.
    """
    if db.scalar(select(Person.id).where(Person.id == person_id, Person.district_id == scope.district_id)) is None:
        raise NotFoundError
    lock_scope(db, scope)
    goals = goals_without_team(db, scope, person_id)
    goal = next((each for each in goals if goal_id in {None, each.id}), None)
    if goal is None:
        raise ConflictError("This person is not open to a proposal any more.")
    name = next(free_names(names_taken(db, scope), scope.subject[1]))
    team = Team(**scope.columns, name=name, created_by_id=actor.id, members=_members([(person_id, goal.id)]))
    db.add(team)
    db.flush()  # the audit row names it
    record_audit(db, actor, "team_begun", "team", team.id)
    return team.members[0]


def move_member(db: Session, actor: Person, team_id: int, member_id: int, target_id: int | None) -> Team:
    """Move a member of an unsent proposal to another one of the same scope, or out of it."""
    team = unsent_proposal(db, actor, team_id)
    member = member_of(team, member_id)
    if target_id is None:
        _note_out(db, team, [member])
    else:
        _put_into(db, actor, member, team, target_id)
    team.members.remove(member)
    forget_placements(team)
    if not team.members:
        db.delete(team)
    record_audit(db, actor, "team_edited", "team", team_id)
    return team


def _put_into(db: Session, actor: Person, member: TeamMember, team: Team, target_id: int) -> None:
    target = unsent_proposal(db, actor, target_id)
    if target.id == team.id or scope_of(target) != scope_of(team):
        raise InvalidInputError("Choose another proposal of the same page.")
    problem = readiness(db, scope_of(team), [team, target]).why_not_there(target, member)
    if problem:
        raise ConflictError(problem)
    target.members.append(TeamMember(person=member.person, goal=member.goal))
    forget_placements(target)


def _note_out(db: Session, team: Team, members: Iterable[TeamMember]) -> None:
    """List whom the designer took out among those in no team: that is the designer's doing, and nobody's answer."""
    run = last_run(db, scope_of(team))
    if run is None:
        return
    for member in members:
        db.merge(LeftAlone(run_id=run.id, person_id=member.person_id))


def remove_proposal(db: Session, actor: Person, team_id: int) -> None:
    """Take an unsent proposal away; nobody in it ever saw it."""
    team = unsent_proposal(db, actor, team_id)
    _note_out(db, team, team.members)
    db.delete(team)
    record_audit(db, actor, "team_removed", "team", team_id)


def withdraw_team(db: Session, actor: Person, team_id: int) -> None:
    """End a team that was sent: the invitations are gone, and its LMS group is emptied of whom the tool put in."""
    team = team_of_district(db, actor, team_id, to_change=True)
    if team.state is TeamState.DISSOLVED:
        return
    dissolve_team(db, team)
    record_audit(db, actor, "team_withdrawn", "team", team_id)


def member_of(team: Team, member_id: int) -> TeamMember:
    """Return a member of this team."""
    member = next((each for each in team.members if each.id == member_id), None)
    if member is None:
        raise NotFoundError
    return member


def reasons_without(team: Iterable[TeamMember], member: TeamMember) -> WhyTogether | None:
    """Return what would be said of a team if this member left it."""
    return why_together(candidates_of(each for each in team if each is not member))


def reasons_with(team: Iterable[TeamMember], member: TeamMember) -> WhyTogether | None:
    """Return what would be said of a team if this member came to it."""
    return why_together(candidates_of([*team, member]))


def nearness_among(team: Iterable[TeamMember], member: TeamMember) -> float:
    """Return how like a member's goal is to those of the others by all but its words."""
    others = [each for each in team if each is not member]
    return nearness_to(candidate_for(member.goal), candidates_of(others)) if member.goal else 0.0


def unsent_proposal(db: Session, actor: Person, team_id: int) -> Team:
    """Return a proposal of the actor's district that was not sent yet, to be changed."""
    team = team_of_district(db, actor, team_id, to_change=True)
    if team.state is not TeamState.PROPOSED:
        raise ConflictError("This proposal was sent: its members decide now.")
    return team
