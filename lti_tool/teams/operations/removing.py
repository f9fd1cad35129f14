"""Taking people out of a team that was sent, and invitations back that are still open."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lti_tool.errors import ConflictError, NotAllowedError, NotFoundError
from lti_tool.people.models import Person
from lti_tool.people.operations import record_audit
from lti_tool.teams.models import Asking
from lti_tool.teams.operations.holding import forget_asked
from lti_tool.teams.operations.joining import go_on_unjoined, go_on_without, tell_of_end
from lti_tool.teams.queries import LIVE, invited_by_members, team_of_district, team_of_member


def take_out(db: Session, actor: Person, team_id: int, person_id: int) -> None:
    """Take somebody out of a team, or back the invitation by which designers asked them; designers read not which.

    Whoever had joined is told. Whom members of the team asked designers do not know.
    """
    team = team_of_district(db, actor, team_id, to_change=True)
    member = team.membership_of(person_id)
    asking, has_joined = db.get(Asking, (team.id, person_id)), member in team.accepted
    if team.state not in LIVE or not (has_joined or asking is not None):
        raise NotFoundError
    record_audit(db, actor, "team_member_taken_out", "team", team.id)
    if member is not None and has_joined:
        tell_of_end(db, team, [member], taken_out=True)
        go_on_without(db, actor, team, member)
        return
    forget_asked(db, team, person_id)
    go_on_unjoined(db, team, member)


def take_back(db: Session, person: Person, team_id: int, member_id: int) -> None:
    """Take back an invitation that members of the team sent and nobody has answered; designers take back theirs."""
    team = team_of_member(db, person, team_id, to_change=True)
    if team.membership_of(person.id) not in team.accepted:
        raise NotAllowedError("Join the team first. Then you can take invitations of its members back.")
    member = next((each for each in invited_by_members(db, team) if each.id == member_id), None)
    if member is None:
        raise ConflictError("This invitation was answered, or is not your team's to take back.")
    record_audit(db, person, "team_invitation_taken_back", "team", team.id)
    go_on_unjoined(db, team, member)
