"""Writes that touch every feature."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lti_tool.people.models import Person
from lti_tool.people.operations import erase_person
from lti_tool.plans.operations import leave_all_reading
from lti_tool.teams.models import MemberState
from lti_tool.teams.operations.joining import decline_team, leave_team
from lti_tool.teams.operations.visits import close_doors
from lti_tool.teams.queries import teams_of


def erase_me(db: Session, person: Person) -> None:
    """Erase a person, who first leaves their teams, so that the LMS groups follow, and the plans that they read.

    The LMS keeps its own record of courses and grades.
    """
    for team in teams_of(db, person):
        place = team.membership_of(person.id)
        if place is not None and place.state is MemberState.ACCEPTED:
            leave_team(db, person, team.id)
        else:
            decline_team(db, person, team.id)
    leave_all_reading(db, person)
    close_doors(db, person)
    db.flush()  # what the teams' rules still need the person for, before the database's rules remove the rest
    erase_person(db, person)
