"""A team's common learning: any member chooses for it or takes out, and each takes it into the own goal alone."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lti_tool.errors import ConflictError
from lti_tool.people.models import Opportunity, Person
from lti_tool.people.operations import record_audit
from lti_tool.plans.operations import take_up
from lti_tool.plans.queries import goal_of, opportunity_of
from lti_tool.teams.models import TeamLearning
from lti_tool.teams.queries.room import room_team


def choose_learning(db: Session, person: Person, team_id: int, opportunity_id: int) -> None:
    """Choose something for the team to learn from together; choosing it again changes nothing."""
    team = room_team(db, person, team_id, to_change=True)
    opportunity = opportunity_of(db, person, opportunity_id)
    if db.get(TeamLearning, (team.id, opportunity.id)) is None:
        db.add(TeamLearning(team_id=team.id, opportunity_id=opportunity.id))
        record_audit(db, person, "team_learning_chosen", "team", team.id, opportunity_id=opportunity.id)


def drop_learning(db: Session, person: Person, team_id: int, opportunity_id: int) -> None:
    """Take something out of what the team learns from together; whoever takes it up goes on."""
    team = room_team(db, person, team_id, to_change=True)
    chosen = db.get(TeamLearning, (team.id, opportunity_id))
    if chosen is not None:
        db.delete(chosen)
        record_audit(db, person, "team_learning_dropped", "team", team.id, opportunity_id=opportunity_id)


def take_into_goal(db: Session, person: Person, team_id: int, opportunity: Opportunity) -> None:
    """Let what the team chose count toward the goal that brought the person here."""
    team = room_team(db, person, team_id)
    member = team.membership_of(person.id)
    if member is None or member.goal_id is None:
        raise ConflictError("No goal of yours is in this team. Count it on its own page.")
    take_up(db, person, goal_of(db, person, member.goal_id, to_change=True), opportunity)
