"""Answering for each other: each member's step, confirmed by a teammate, and the cycle that is kept by all of them.

Nobody's own hours or completion wait for any of this.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, InvalidInputError, NotAllowedError
from lti_tool.people.models import Person
from lti_tool.people.operations import record_audit
from lti_tool.plans.models import Goal, GoalState
from lti_tool.teams.models import Commitment, StepKind, Team, TeamCycle, TeamMember
from lti_tool.teams.operations.announcing import announce, announce_kept
from lti_tool.teams.queries.room import cycle_under_way, ended_before, goals_to_bring, is_kept_by, room_team

GOES_ON = (StepKind.REVISED, StepKind.CARRIED)


def state_step(db: Session, person: Person, team_id: int, step: StepKind, words: str) -> None:
    """Say what becomes of the own goal in this cycle; what was confirmed before is open again."""
    team = room_team(db, person, team_id, to_change=True)
    cycle, goal = current_cycle(db, team), _member(team, person).goal
    _check_step(goal, db.scalar(ended_before(cycle)), step, words)
    if cycle.is_kept:
        raise ConflictError("This cycle is kept. Begin the next one to say more.")
    commitment = cycle.commitment_of(person.id)
    if commitment is None:
        commitment = Commitment(person_id=person.id)
        cycle.commitments.append(commitment)
    commitment.goal, commitment.step, commitment.words, commitment.stated_at = goal, step, words, utc_now()
    commitment.confirmed_by_id = commitment.confirmed_at = None
    record_audit(db, person, "step_stated", "team_cycle", cycle.id)


def bring_goal(db: Session, person: Person, team_id: int, goal_id: int) -> None:
    """Answer to the team for another own goal from now on; a step by which the one before goes on is to be agreed anew.

    That a goal was met or let go stands: it was said of that one.
    """
    team = room_team(db, person, team_id, to_change=True)
    goal = next((each for each in goals_to_bring(db, person, team) if each.id == goal_id), None)
    if goal is None:
        raise ConflictError("Bring a goal of yours that is open, and shared with your team at least.")
    _member(team, person).goal = goal
    cycle = db.scalar(cycle_under_way(team))
    said = cycle.commitment_of(person.id) if cycle and not cycle.is_kept else None
    if said is not None and said.step in GOES_ON:
        said.confirmed_by_id = said.confirmed_at = None
    record_audit(db, person, "goal_brought", "team", team.id, goal_id=goal.id)


def confirm_step(db: Session, person: Person, team_id: int, member_id: int, shown: str = "") -> TeamCycle:
    """Confirm a teammate's step: seen, or talked through. Nobody confirms the own one.

    `shown` is when the step that the page showed was stated, in ISO 8601; another one is not confirmed unseen.
    """
    team = room_team(db, person, team_id, to_change=True)
    member = next((each for each in team.accepted if each.id == member_id), None)
    cycle = current_cycle(db, team)
    commitment = cycle.commitment_of(member.person_id) if member else None
    if member is None or commitment is None:
        raise ConflictError("There is no step to confirm yet.")
    if member.person_id == person.id:
        raise NotAllowedError("A teammate confirms your step, not you yourself.")
    if shown and shown != commitment.stated_at.isoformat():
        raise ConflictError("Your teammate has changed this step in the meantime. Read it again, then confirm it.")
    if commitment.confirmed_at is None:
        commitment.confirmed_by_id, commitment.confirmed_at = person.id, utc_now()
        record_audit(db, person, "step_confirmed", "team_cycle", cycle.id)
    keep_cycle(db, person, team, cycle)
    return cycle


def keep_cycle(db: Session, person: Person, team: Team, cycle: TeamCycle) -> None:
    """Mark a cycle as kept once each member's step is confirmed."""
    if cycle.is_kept or not is_kept_by(team, cycle):
        return
    cycle.kept_at = utc_now()
    record_audit(db, person, "cycle_kept", "team_cycle", cycle.id)
    announce_kept(db, team, cycle)


def keep_what_is_agreed(db: Session, person: Person, team: Team) -> None:
    """Mark the cycle as kept where those who are still in the team have all they need: somebody has left."""
    cycle = db.scalar(cycle_under_way(team))
    if cycle is not None:
        keep_cycle(db, person, team, cycle)


def begin_next_cycle(db: Session, person: Person, team_id: int, *, all_the_same: bool = False) -> TeamCycle:
    """End this cycle, kept or carried over, and begin the next; the LMS group follows into its grouping.

    `all_the_same` carries it over without those who said nothing, which stays in the team.
    """
    team = room_team(db, person, team_id, to_change=True)
    cycle = current_cycle(db, team)
    if not cycle.is_kept:
        _mark_unsaid(team, cycle, person, all_the_same=all_the_same)
    cycle.closed_at = utc_now()
    following = TeamCycle(team_id=team.id, number=cycle.number + 1, starts_on=utc_now().date())
    db.add(following)
    db.flush()  # the audit row names it
    record_audit(db, person, "cycle_begun", "team_cycle", following.id)
    team.lms_group_set_id = ""  # a grouping that is known is one of the cycle before
    announce(db, team)
    return following


def current_cycle(db: Session, team: Team) -> TeamCycle:
    """Return the team's cycle that is under way; its first one begins when it is first needed."""
    latest = cycle_under_way(team)
    cycle = db.scalar(latest)
    if cycle is not None:
        return cycle
    try:
        with db.begin_nested():
            cycle = TeamCycle(team_id=team.id, number=1, starts_on=(team.formed_at or utc_now()).date())
            db.add(cycle)
    except IntegrityError:
        return db.scalars(latest).one()
    return cycle


def _mark_unsaid(team: Team, cycle: TeamCycle, person: Person, *, all_the_same: bool) -> None:
    silent = [each for each in team.accepted if cycle.commitment_of(each.person_id) is None]
    if any(each.person_id == person.id for each in silent):
        raise ConflictError("Say first what becomes of your own goal: met, or a next step.")
    if silent and not all_the_same:
        raise ConflictError("First each member says what becomes of the own goal: met, or a next step.")
    for each in silent:
        cycle.commitments.append(Commitment(person_id=each.person_id, goal=each.goal, step=StepKind.UNSAID))


def _member(team: Team, person: Person) -> TeamMember:
    return next(each for each in team.accepted if each.person_id == person.id)


def _check_step(goal: Goal | None, since: datetime | None, step: StepKind, words: str) -> None:
    """Refuse a goal that is not met, or was met before this cycle, and a next step that is not said."""
    if step is StepKind.MET and (goal is None or goal.state is not GoalState.MET):
        raise ConflictError("Your goal is not met yet: say what came of it on its own page first.")
    if step is StepKind.MET and goal and since and (goal.met_at is None or goal.met_at < since):
        raise ConflictError("Your goal was met in an earlier cycle: bring another goal of yours, or say a next step.")
    if step is not StepKind.MET and not words.strip():
        raise InvalidInputError(fields={"words": ["Say the next step that you agreed on."]})
