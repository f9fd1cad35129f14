"""What a plan asks of its owner next: what its readers said first, then what holds it up, then what is due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext

from lti_tool.db import utc_now
from lti_tool.home.queries.educator import EducatorHome
from lti_tool.plans.models import Goal, GrowthPlan, PlanState


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do, why, and the button that begins it; `leaves` when it opens the LMS."""

    title: str
    text: str
    label: str
    url: str
    leaves: bool = False


def plan_steps(home: EducatorHome) -> Iterator[NextStep]:
    """Return what the plans that go on ask for, the most pressing first."""
    plans = home.plans
    yield from (_see_requests(plan) for plan in plans if plan.state is PlanState.CHANGES_REQUESTED)
    yield from (_read_review(plan) for plan in plans if plan.can_be_acknowledged_by(plan.person))
    yield from (_ask_reader(plan) for plan in plans if plan.waits_for_readers and plan.free_seats)
    yield from (_share(goal) for plan in plans if plan.state is PlanState.APPROVED for goal in _unshared(home, plan))
    yield from (_hand_in(plan) for plan in home.ready)
    yield from (_say_how_it_goes(plan) for plan in plans if _is_at_its_middle(plan))
    yield from (_come_to_end(plan) for plan in plans if _is_over(plan))


def _unshared(home: EducatorHome, plan: GrowthPlan) -> list[Goal]:
    return [goal for goal in plan.goals if goal.is_open and not home.policy.is_met_by(goal)]


def _is_at_its_middle(plan: GrowthPlan) -> bool:
    is_there = plan.middle_on is not None and plan.middle_on <= utc_now().date()
    return is_there and plan.can_come_to_mid_year_by(plan.person)


def _is_over(plan: GrowthPlan) -> bool:
    is_over = plan.ends_on is not None and plan.ends_on < utc_now().date()
    return is_over and plan.can_be_finished_by(plan.person)


def _see_requests(plan: GrowthPlan) -> NextStep:
    return NextStep(
        gettext("Your reader asks for changes"),
        gettext("The words are yours: change what you agree with, answer the rest, and hand the plan in again."),
        gettext("See what was said"),
        url_for("plans.show_review", plan_id=plan.id),
    )


def _read_review(plan: GrowthPlan) -> NextStep:
    return NextStep(
        gettext("Your reader has signed"),
        gettext("Say that you have read it; that is not the same as agreeing. With that the plan is closed."),
        gettext("Read it and close the plan"),
        url_for("plans.acknowledge", plan_id=plan.id),
    )


def _ask_reader(plan: GrowthPlan) -> NextStep:
    return NextStep(
        gettext("Ask another colleague to read your plan"),
        gettext("A seat among your readers is free. Whoever you ask sees the plan as you handed it in."),
        gettext("Choose readers"),
        url_for("plans.choose_readers", plan_id=plan.id),
    )


def _share(goal: Goal) -> NextStep:
    return NextStep(
        gettext("Your plan is agreed to: share its goals"),
        gettext(
            "It is active once “%(headline)s” is shared as far as your district asks. You choose the words.",
            headline=goal.headline,
        ),
        gettext("Choose who sees it"),
        url_for("plans.declare", goal_id=goal.id),
    )


def _hand_in(plan: GrowthPlan) -> NextStep:
    return NextStep(
        gettext("Your plan is ready to hand in"),
        gettext("Nothing is missing. Until you hand it in only you see it, and you can take it back until it is read."),
        gettext("Check and hand in"),
        url_for("plans.submit", plan_id=plan.id),
    )


def _say_how_it_goes(plan: GrowthPlan) -> NextStep:
    return NextStep(
        gettext("Say how it goes with your plan"),
        gettext("It is the middle of its time. A few sentences are enough: what works, what does not yet."),
        gettext("Say how it goes"),
        url_for("plans.come_to_mid_year", plan_id=plan.id),
    )


def _come_to_end(plan: GrowthPlan) -> NextStep:
    return NextStep(
        gettext("Say what came of your plan"),
        gettext("Its time is over. Say what changed, what did not, and what is next; open goals can go on."),
        gettext("Come to its end"),
        url_for("plans.come_to_end", plan_id=plan.id),
    )
