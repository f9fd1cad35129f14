"""What an educator's home shows: goals with all that hangs on them, and teams."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lti_tool.people.models import Person
from lti_tool.people.queries import count_administrators
from lti_tool.plans.models import Goal
from lti_tool.plans.queries import goals_of
from lti_tool.teams.models import MemberState, Team
from lti_tool.teams.queries import teams_of


@dataclass(frozen=True, slots=True)
class EducatorHome:
    """A person's goals, the open ones of any year and the met ones of the latest, and their teams."""

    goals: list[Goal]
    invitations: list[Team]
    teams: list[Team]
    has_administrator: bool

    @property
    def open_goals(self) -> list[Goal]:
        return [goal for goal in self.goals if goal.is_open]

    @property
    def dated_goals(self) -> list[Goal]:
        dated = [goal for goal in self.open_goals if goal.due_on]
        return sorted(dated, key=lambda goal: (str(goal.due_on), goal.id))


def educator_home(db: Session, person: Person) -> EducatorHome:
    """Return what the person's home shows."""
    teams = teams_of(db, person)
    return EducatorHome(
        goals=_current(goals_of(db, person)),
        invitations=_with_state(teams, person, MemberState.INVITED),
        teams=_with_state(teams, person, MemberState.ACCEPTED),
        has_administrator=count_administrators(db, person) > 0,
    )


def _current(goals: list[Goal]) -> list[Goal]:
    latest = max((goal.plan.school_year for goal in goals), default=0)
    shown = [goal for goal in goals if goal.is_open or goal.plan.school_year == latest]
    return sorted(shown, key=lambda goal: (not goal.is_open, goal.id))


def _with_state(teams: Sequence[Team], person: Person, state: MemberState) -> list[Team]:
    places = {team.id: team.membership_of(person.id) for team in teams}
    return [team for team in teams if (place := places[team.id]) and place.state is state]
