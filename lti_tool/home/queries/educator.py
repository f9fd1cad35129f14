"""What an educator's home shows: goals with all that hangs on them, and teams."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lti_tool.people.models import Person
from lti_tool.people.queries import count_administrators
from lti_tool.plans.models import DeclarationPolicy, Goal, GoalDraft, GrowthPlan, PlanState
from lti_tool.plans.queries import (
    drafts_beside,
    goals_of,
    is_exempt,
    missing_to_hand_in,
    plans_under_goals,
    policy_of,
    reading_of,
)
from lti_tool.plans.queries.queue import Reading
from lti_tool.teams.models import HelpRequest, MemberState, Team, TeamEnding, TeamSession
from lti_tool.teams.queries import teams_of
from lti_tool.teams.queries.endings import endings_told_to
from lti_tool.teams.queries.room import next_sessions, requests_waiting


@dataclass(frozen=True, slots=True)
class EducatorHome:
    """A person's goals, the open ones of any year and the met ones of the latest, and their teams."""

    goals: list[Goal]
    plans: list[GrowthPlan]
    """Those that have not ended."""
    ready: list[GrowthPlan]
    """Those in which nothing is missing any more, and that were not handed in yet."""
    policy: DeclarationPolicy
    invitations: list[Team]
    teams: list[Team]
    requests: Sequence[HelpRequest]
    """Questions of teammates that nobody answered yet: the team's open items, on every member's home."""
    ended: Sequence[TeamEnding]
    """Teams of the person that have ended not long ago."""
    next_sessions: Sequence[TeamSession]
    """When each of the teams meets next."""
    has_administrator: bool
    may_remind_to_share: bool
    """Whether a goal that nobody sees is worth a word: not where nothing is shared, nor to whoever is exempt."""
    reading: Reading
    beside: list[GoalDraft]
    """Words of the person's own that are in no goal yet."""

    @property
    def open_goals(self) -> list[Goal]:
        return [goal for goal in self.goals if goal.is_live]

    @property
    def going_goals(self) -> list[Goal]:
        """Return the open goals of plans that have not ended."""
        return [goal for goal in self.open_goals if not goal.plan.is_ended]

    @property
    def left_at_a_school(self) -> list[Goal]:
        """Return the goals whose cards are shown at a school that their owner has left."""
        going = [goal for goal in self.going_goals if goal.is_declared and goal.declaration]
        return [goal for goal in going if goal.declaration and goal.declaration.stayed_behind(goal.owner)]

    @property
    def dated_goals(self) -> list[Goal]:
        dated = [goal for goal in self.open_goals if goal.due_on]
        return sorted(dated, key=lambda goal: (str(goal.due_on), goal.id))

    @property
    def meetings(self) -> list[tuple[Team, TeamSession]]:
        """Return each team that meets, with when."""
        by_id = {team.id: team for team in self.teams}
        return [(by_id[session.team_id], session) for session in self.next_sessions]


def educator_home(db: Session, person: Person) -> EducatorHome:
    """Return what the person's home shows."""
    teams, goals, policy = teams_of(db, person), goals_of(db, person), policy_of(db, person.district_id)
    plans = plans_under_goals(db, person, goals)
    return EducatorHome(
        goals=_current(goals),
        plans=plans,
        ready=[plan for plan in plans if _is_ready(db, plan)],
        policy=policy,
        invitations=_with_state(teams, person, MemberState.INVITED),
        teams=_with_state(teams, person, MemberState.ACCEPTED),
        requests=requests_waiting(db, person),
        ended=endings_told_to(db, person),
        next_sessions=next_sessions(db, person),
        has_administrator=count_administrators(db, person) > 0,
        may_remind_to_share=policy.lets_share and not is_exempt(db, person.id),
        reading=reading_of(db, person),
        beside=drafts_beside(db, person),
    )


def _is_ready(db: Session, plan: GrowthPlan) -> bool:
    return plan.state is PlanState.DRAFT and bool(plan.goals) and not missing_to_hand_in(db, plan)


def _current(goals: list[Goal]) -> list[Goal]:
    latest = max((goal.plan.school_year for goal in goals), default=0)
    shown = [goal for goal in goals if goal.is_live or goal.plan.school_year == latest]
    return sorted(shown, key=lambda goal: (not goal.is_live, goal.id))


def _with_state(teams: Sequence[Team], person: Person, state: MemberState) -> list[Team]:
    places = {team.id: team.membership_of(person.id) for team in teams}
    return [team for team in teams if (place := places[team.id]) and place.state is state]
