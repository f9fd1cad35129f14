"""Changes to teams that stand: kept by a run, looked at by the designer, and put to the people whom they are about."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_tool.people.models import Person
from lti_tool.people.operations import record_audit
from lti_tool.teams.models import ProposalRun, Team, TeamChange, TeamMember
from lti_tool.teams.operations.holding import note_asked
from lti_tool.teams.queries import ChangeNow, change_of, changes_now, changes_of
from lti_tool.teams.scopes import Scope
from lti_tool.teams.seats import Change


def replace_changes(db: Session, scope: Scope, run: ProposalRun, changes: Iterable[Change]) -> None:
    """Keep what a run would change of teams that stand; nobody was asked about what earlier runs would have."""
    earlier = select(ProposalRun.id).where(scope.holds(ProposalRun))
    db.execute(delete(TeamChange).where(TeamChange.run_id.in_(earlier)).execution_options(synchronize_session=False))
    db.add_all(
        TeamChange(
            run_id=run.id,
            person_id=change.person_id,
            goal_id=change.goal_id,
            team_id=change.team_id,
            leaves_id=change.leaves_id,
        )
        for change in changes
    )


def send_changes(db: Session, actor: Person, scope: Scope) -> tuple[int, int]:
    """Invite whoever can still make a change; return how many are invited, and how many changes stay.

    The teams stay what they are, with their rooms and LMS groups: nobody moves before saying yes.
    """
    changes = changes_of(db, scope)
    _lock_teams(db, {change.team_id for change in changes})
    now = changes_now(db, scope, changes)
    ready = [each for each in now if not each.why_not]
    for each in ready:
        _invite(each)
        note_asked(db, each.team, [each.change.person_id])
        record_audit(db, actor, "team_edited", "team", each.team.id)
    waiting = {each.change.id for each in now if each.why_not}
    for change in changes:
        if change.id not in waiting:
            db.delete(change)
    return len(ready), len(waiting)


def _invite(each: ChangeNow) -> None:
    """Ask somebody to join; whom a member of the team has asked meanwhile has that invitation already."""
    change = each.change
    if each.team.membership_of(change.person_id) is None:
        each.team.members.append(
            TeamMember(person_id=change.person_id, goal_id=change.goal_id, leaves_id=change.leaves_id)
        )


def leave_out(db: Session, actor: Person, change_id: int) -> None:
    """Take a change away; nobody was asked about it."""
    change = change_of(db, actor, change_id)
    record_audit(db, actor, "team_edited", "team", change.team_id)
    db.delete(change)


def _lock_teams(db: Session, team_ids: set[int]) -> None:
    """Let one change of a team come after another; always in one order, so that nobody waits in a circle."""
    db.execute(select(Team.id).where(Team.id.in_(team_ids)).order_by(Team.id).with_for_update())
