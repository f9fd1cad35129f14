"""Who may go on with a goal."""

from __future__ import annotations

from lti_tool.errors import ConflictError, NotFoundError
from lti_tool.people.models import Person
from lti_tool.plans.models import Goal, GoalState

GOES_ON_ELSEWHERE = "You go on with this goal in a later plan. Change it there."
WITH_READERS = "Its plan is with its readers, or it has ended. Take the plan back to change the goal."
PLAN_ENDED = "This plan has ended, and its goals stay as they are."
GO_ON = "Go on with what is open in a new plan: its page offers that."


def require_owner(actor: Person, goal: Goal) -> None:
    """Let only the owner on; to everybody else the goal is not there."""
    if not goal.is_owned_by(actor):
        raise NotFoundError


def require_open(actor: Person, goal: Goal) -> None:
    """Let only the owner of an open goal on, in a plan that has not ended."""
    require_owner(actor, goal)
    require_plan_goes_on(actor, goal)
    if not goal.is_open:
        raise ConflictError("This goal is met. Reopen it to change it.")


def require_words_open(actor: Person, goal: Goal) -> None:
    """Let only the owner of an open goal on, and only while its words are with nobody else."""
    require_open(actor, goal)
    if not goal.can_be_edited_by(actor):
        raise ConflictError(WITH_READERS)


def require_plan_goes_on(actor: Person, goal: Goal) -> None:
    """Refuse a goal that has gone on in a later plan, and one whose plan has ended."""
    if goal.state is GoalState.CARRIED_OVER:
        raise ConflictError(GOES_ON_ELSEWHERE)
    if goal.plan.is_ended:
        raise ConflictError(f"{PLAN_ENDED} {GO_ON}" if goal.plan.can_be_carried_over_by(actor) else PLAN_ENDED)
