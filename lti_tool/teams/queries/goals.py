"""What of a member's goal is shown to whom: as far as its owner declared it."""

from __future__ import annotations

from lti_tool.people.models import Person
from lti_tool.plans.models import Audience, Goal
from lti_tool.teams.models import MemberState, TeamMember


def visible_goal(member: TeamMember, viewer: Person, *, as_teammate: bool) -> Goal | None:
    """Return a member's goal if its declaration reaches this viewer, as a teammate or as any colleague.

    What is of a support plan or of a plan that has ended is its owner's alone, and all of it where nothing is shared.
    """
    goal, is_own = member.goal, member.person_id == viewer.id
    if goal is None or goal.declaration is None or not (is_own or (goal.plan.is_for_others and member.team.lets_share)):
        return None
    match goal.declaration.audience:
        case _ if is_own:
            return goal
        case Audience.TEAM:
            return goal if as_teammate and member.state is MemberState.ACCEPTED else None
        case Audience.SCHOOL:
            return goal if viewer.school_id and goal.declaration.school_id == viewer.school_id else None
        case Audience.DISTRICT:
            return goal
        case _:
            return None


def may_be_read_by(goal: Goal, viewer: Person) -> bool:
    """Return whether a colleague may read the card of a goal that can be matched."""
    declaration = goal.declaration
    if declaration is None or declaration.audience is not Audience.SCHOOL:
        return declaration is not None and declaration.audience is Audience.DISTRICT
    return viewer.school_id is not None and declaration.school_id == viewer.school_id
