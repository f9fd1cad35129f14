"""What becomes of a change that somebody made by hand in a team's LMS group: the designer says, nothing else does."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import NotFoundError
from lti_tool.people.models import Person
from lti_tool.people.operations import record_audit
from lti_tool.teams.models import DifferenceKind, GroupDifference, Team
from lti_tool.teams.operations.announcing import announce
from lti_tool.teams.queries import team_of_district


def put_back(db: Session, actor: Person, team_id: int, difference_id: int) -> None:
    """Have the group made as the tool made it, in this one respect."""
    team = team_of_district(db, actor, team_id, to_change=True)
    difference = _difference(db, team, difference_id)
    _undo(team, difference.kind, difference.what)
    db.delete(difference)
    record_audit(db, actor, "group_put_back", "team", team.id, kind=difference.kind.value)
    announce(db, team)


def leave_difference(db: Session, actor: Person, team_id: int, difference_id: int) -> None:
    """Leave the group as somebody made it in the LMS, in this one respect."""
    team = team_of_district(db, actor, team_id, to_change=True)
    difference = _difference(db, team, difference_id)
    difference.left_at = difference.left_at or utc_now()
    record_audit(db, actor, "group_left_so", "team", team.id, kind=difference.kind.value)
    announce(db, team)


def _undo(team: Team, kind: DifferenceKind, what: str) -> None:
    """Forget what makes the tool leave it alone: the next sync then does the rest."""
    match kind:
        case DifferenceKind.DELETED:
            team.lms_group_id, team.lms_seen_ids = "", []
        case DifferenceKind.RENAMED:
            team.lms_group_name = ""
        case DifferenceKind.ADDED:
            team.lms_member_ids = [*team.lms_member_ids, what]
        case DifferenceKind.TAKEN_OUT:
            team.lms_seen_ids = [each for each in team.lms_seen_ids if each != what]


def _difference(db: Session, team: Team, difference_id: int) -> GroupDifference:
    wanted = select(GroupDifference).where(GroupDifference.id == difference_id, GroupDifference.team_id == team.id)
    found = db.scalar(wanted)
    if found is None:
        raise NotFoundError("This was mended, or changed once more, in the meantime. Look at the team's page again.")
    return found
