"""A goal as a chain: why, indicator, what I will change, learning, try-it, what came of it."""

from __future__ import annotations

from enum import StrEnum

from lti_tool.plans.models import Goal, GoalState


class Step(StrEnum):
    """A link of the chain, in order."""

    WHY = "why"
    INDICATOR = "indicator"
    CHANGE = "change"
    LEARNING = "learning"
    TRY = "try"
    RESULT = "result"


class StepState(StrEnum):
    """Whether a link is there, is the one to do next, or is missing."""

    DONE = "done"
    NEXT = "next"
    MISSING = "missing"


def chain_of(goal: Goal) -> dict[Step, StepState]:
    """Return the state of each link; at most one is next, and none once the goal is met."""
    done = _done(goal)
    first = next((step for step in Step if step not in done), None) if goal.is_live else None
    return {
        step: StepState.DONE if step in done else StepState.NEXT if step is first else StepState.MISSING
        for step in Step
    }


def _done(goal: Goal) -> set[Step]:
    is_there = {
        Step.WHY: any(each.is_filled for each in goal.rationales),
        Step.INDICATOR: bool(goal.indicators),
        Step.CHANGE: bool(goal.practice_change and goal.student_result and goal.measure),
        Step.LEARNING: any(each.completed_at for each in goal.activities) or bool(goal.tries),
        Step.TRY: any(each.done_at for each in goal.tries),
        Step.RESULT: goal.state is GoalState.MET,
    }
    return {step for step, there in is_there.items() if there}
