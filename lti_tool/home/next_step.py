"""The one thing to do next: what others wait for first, then what is nearest to done, then what is to begin."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext, ngettext

from lti_tool.home.plan_step import NextStep, plan_steps
from lti_tool.home.queries.educator import EducatorHome
from lti_tool.people.models import Course
from lti_tool.plans.models import Activity, Goal, TryIt
from lti_tool.teams.models import Team


def next_step(home: EducatorHome) -> NextStep | None:
    """Return the one next step, or none when every goal is met."""
    return next(_steps(home), None)


def _steps(home: EducatorHome) -> Iterator[NextStep]:
    goals = home.going_goals
    yield from (_answer(team) for team in home.invitations)
    if home.reading.waiting:
        yield _read(home.reading.waiting)
    if home.reading.answered:
        yield _see_answer()
    yield from plan_steps(home)
    yield from (_reflect(each) for goal in goals for each in goal.tries if each.done_at is None)
    yield from (_meet(goal) for goal in goals if _is_ready(goal))
    if home.may_remind_to_share:
        yield from (_declare(goal) for goal in goals if goal.plan.is_for_others and not goal.is_declared)
    yield from (_learn(goal, each) for goal in goals for each in goal.unfinished_courses)
    yield from (_finish(goal, each) for goal in goals for each in goal.unfinished)
    yield from (_find_learning(goal) for goal in goals if not goal.activities)
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


def _read(count: int) -> NextStep:
    return NextStep(
        ngettext("%(num)d plan waits for you to read it", "%(num)d plans wait for you to read them", count),
        gettext("A colleague waits for your word: what you understood, what you would ask, what should change."),
        gettext("See what waits"),
        url_for("plans.show_queue"),
    )


def _see_answer() -> NextStep:
    return NextStep(
        gettext("A question of yours was answered"),
        gettext("Read what the owner of the plan says. If that settles it, say so; it stays open until you do."),
        gettext("See the answer"),
        url_for("plans.show_queue"),
    )


def _reflect(attempt: TryIt) -> NextStep:
    course = attempt.opportunity.title if attempt.opportunity else ""
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


def _learn(goal: Goal, course: Course) -> NextStep:
    opens_lms = bool(course.launch_url)
    return NextStep(
        gettext("Go on with %(course)s", course=course.title),
        gettext(
            "It counts toward “%(headline)s”. When you have finished it, this page knows within a few minutes.",
            headline=goal.headline,
        ),
        gettext("Open the course") if opens_lms else gettext("See the goal"),
        course.launch_url or url_for("plans.show_goal", goal_id=goal.id),
        leaves=opens_lms,
    )


def _finish(goal: Goal, activity: Activity) -> NextStep:
    return NextStep(
        gettext("Go on with %(course)s", course=activity.opportunity.title),
        gettext("It counts toward “%(headline)s”. Say so when you have finished it.", headline=goal.headline),
        gettext("See the goal"),
        url_for("plans.show_goal", goal_id=goal.id),
    )


def _find_learning(goal: Goal) -> NextStep:
    return NextStep(
        gettext("Find what you will learn with"),
        gettext(
            "Nothing counts toward “%(headline)s” yet. See what colleagues, the LMS and others offer for it.",
            headline=goal.headline,
        ),
        gettext("Find learning"),
        url_for("plans.find_for_goal", goal_id=goal.id),
    )


def _write() -> NextStep:
    return NextStep(
        gettext("Write your first goal"),
        gettext("What do you want to do differently for your students this year? A sentence is enough to begin with."),
        gettext("Write a goal"),
        url_for("plans.new_goal"),
    )
