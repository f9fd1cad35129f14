"""The one thing to do next: what others wait for first, then what is nearest to done, then what is to begin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext

from lti_tool.home.queries.educator import EducatorHome
from lti_tool.plans.models import Goal, GoalCourse, TryIt
from lti_tool.teams.models import Team


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do, why, and the button that begins it; `leaves` when it opens the LMS."""

    title: str
    text: str
    label: str
    url: str
    leaves: bool = False


def next_step(home: EducatorHome) -> NextStep | None:
    """Return the one next step, or none when every goal is met."""
    return next(_steps(home), None)


def _steps(home: EducatorHome) -> Iterator[NextStep]:
    goals = home.open_goals
    yield from (_answer(team) for team in home.invitations)
    yield from (_reflect(each) for goal in goals for each in goal.tries if each.done_at is None)
    yield from (_meet(goal) for goal in goals if _is_ready(goal))
    yield from (_declare(goal) for goal in goals if not goal.is_declared)
    yield from (_learn(goal, each) for goal in goals for each in goal.courses if each.completed_at is None)
    yield from (_find_learning(goal) for goal in goals if not goal.courses)
    if not home.goals:
        yield _write()


def _is_ready(goal: Goal) -> bool:
    """Return whether nothing but the owner's word is missing for the goal to be met."""
    return bool(goal.tries) and all(each.done_at for each in goal.tries)


def _answer(team: Team) -> NextStep:
    return NextStep(
        gettext("You are invited to team %(name)s", name=team.name),
        gettext(
            "Colleagues with a goal like yours. See who they are and why, then say yes or no; a no is told to nobody."
        ),
        gettext("See the invitation"),
        url_for("teams.show_team", team_id=team.id),
    )


def _reflect(attempt: TryIt) -> NextStep:
    course = attempt.course.title if attempt.course else ""
    return NextStep(
        gettext("Try it, and say what came of it"),
        gettext(
            "You finished “%(course)s”. Try something from it with your students, then write two sentences about it.",
            course=course,
        )
        if course
        else gettext("Try what you learned with your students, then write two sentences about it."),
        gettext("Write what came of it"),
        url_for("plans.reflect", try_id=attempt.id),
    )


def _meet(goal: Goal) -> NextStep:
    return NextStep(
        gettext("Is this goal met?"),
        gettext(
            "“%(headline)s” has its learning and its try-it. Say what changed, and it counts.", headline=goal.headline
        ),
        gettext("Say what changed"),
        url_for("plans.meet_goal", goal_id=goal.id),
    )


def _declare(goal: Goal) -> NextStep:
    return NextStep(
        gettext("Let colleagues know about your goal"),
        gettext(
            "“%(headline)s” is seen by you alone. Teams form from goals that are shared; you choose how far.",
            headline=goal.headline,
        ),
        gettext("Choose who sees it"),
        url_for("plans.declare", goal_id=goal.id),
    )


def _learn(goal: Goal, linked: GoalCourse) -> NextStep:
    opens_lms = bool(linked.course.launch_url)
    return NextStep(
        gettext("Go on with %(course)s", course=linked.course.title),
        gettext(
            "It counts toward “%(headline)s”. When you have finished it, this page knows within a few minutes.",
            headline=goal.headline,
        ),
        gettext("Open the course") if opens_lms else gettext("See the goal"),
        linked.course.launch_url or url_for("plans.show_goal", goal_id=goal.id),
        leaves=opens_lms,
    )


def _find_learning(goal: Goal) -> NextStep:
    return NextStep(
        gettext("Choose what you will learn with"),
        gettext("No course counts toward “%(headline)s” yet.", headline=goal.headline),
        gettext("Choose a course"),
        url_for("plans.choose_courses", goal_id=goal.id),
    )


def _write() -> NextStep:
    return NextStep(
        gettext("Write your first goal"),
        gettext("What do you want to do differently for your students this year? A sentence is enough to begin with."),
        gettext("Write a goal"),
        url_for("plans.new_goal"),
    )
