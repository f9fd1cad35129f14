"""Pages on which courses are made to count toward goals: from the goal, and from the course."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.plans.cards import card_of
from lti_tool.plans.operations import ask_lms, link_course, start_try, unlink_course
from lti_tool.plans.queries import course_choices, goals_counting, like_goals
from lti_tool.plans.views.blueprint import bp, own_goal
from lti_tool.standards.queries import alignments_of, marked_course

LONGEST_SEARCH = 200


@bp.get("/goals/<int:goal_id>/courses")
@guard(Right.EDUCATOR)
def choose_courses(acting: Acting, goal_id: int) -> ResponseReturnValue:
    """Show the courses that can count toward a goal: those that serve its indicators first, with the reason."""
    goal = own_goal(acting, goal_id)
    title = request.args.get("title", "").strip()[:LONGEST_SEARCH]
    choices = course_choices(acting.db, goal, title=title)
    like = [card_of(each.goal, reason=each.likeness) for each in like_goals(acting.db, goal)]
    return render_template("plans/choose_courses.html", goal=goal, choices=choices, title=title, like=like)


@bp.post("/goals/<int:goal_id>/courses/<int:course_id>")
@guard(Right.EDUCATOR)
def save_course(acting: Acting, goal_id: int, course_id: int) -> ResponseReturnValue:
    """Let a course count toward a goal."""
    goal = own_goal(acting, goal_id)
    link_course(acting.db, acting.person, goal, marked_course(acting.db, acting.person, course_id))
    return _back(goal_id, "course_linked")


@bp.post("/goals/<int:goal_id>/courses/<int:course_id>/remove")
@guard(Right.EDUCATOR)
def remove_course(acting: Acting, goal_id: int, course_id: int) -> ResponseReturnValue:
    """Let a course no longer count toward a goal."""
    goal = own_goal(acting, goal_id)
    unlink_course(acting.db, acting.person, goal, course_id)
    return _back(goal_id, "course_unlinked")


@bp.post("/goals/<int:goal_id>/courses/<int:course_id>/try")
@guard(Right.EDUCATOR)
def open_try(acting: Acting, goal_id: int, course_id: int) -> ResponseReturnValue:
    """Open the try-it of a course whose completion the LMS cannot tell."""
    goal = own_goal(acting, goal_id)
    start_try(acting.db, acting.person, goal, course_id)
    return _back(goal_id, "try_opened")


@bp.post("/goals/<int:goal_id>/courses/<int:course_id>/ask", endpoint="ask_lms")
@guard(Right.EDUCATOR)
def ask_lms_now(acting: Acting, goal_id: int, course_id: int) -> ResponseReturnValue:
    """Have the LMS asked whether a course of the goal is finished."""
    goal = own_goal(acting, goal_id)
    ask_lms(acting.db, acting.person, goal, course_id)
    return _back(goal_id, "completion_asked")


@bp.get("/course")
@guard(Right.EDUCATOR)
def show_course_goals(acting: Acting) -> ResponseReturnValue:
    """Show which of my goals the launch's course counts toward, which it could, and what it serves."""
    course = acting.course
    if course is None or not course.is_professional_learning:
        return render_template("plans/no_course.html")
    counting, others = goals_counting(acting.db, acting.person, course.id)
    alignments = alignments_of(acting.db, course)
    served = {each.indicator_id for each in alignments}
    others.sort(key=lambda goal: not any(each.id in served for each in goal.indicators))
    return render_template(
        "plans/course_goals.html",
        course=course,
        counting=counting,
        others=others,
        alignments=alignments,
        served=served,
    )


def _back(goal_id: int, notice: str) -> ResponseReturnValue:
    """Return to the page that the form stood on: the course, the goal's list of courses, or the goal."""
    came_from = request.form.get("from")
    if came_from == "course":
        return redirect(url_for(".show_course_goals", notice=notice), 303)
    page = ".choose_courses" if came_from == "courses" else ".show_goal"
    return redirect(url_for(page, goal_id=goal_id, notice=notice), 303)
