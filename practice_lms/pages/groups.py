"""The groups of a course, by group set (Canvas) or grouping (Moodle)."""

from __future__ import annotations

from flask import abort, redirect, render_template, url_for
from werkzeug.wrappers import Response

from practice_lms.current import lms
from practice_lms.pages.access import taught_course, visible_course
from practice_lms.pages.blueprint import pages
from practice_lms.state import Course, Group


@pages.get("/courses/<int:course_id>/groups")
def groups(course_id: int) -> str:
    """Show each group with its members."""
    course = visible_course(course_id)
    return render_template("pages/groups.html", course=course, by_set=groups_by_set(course))


@pages.post("/courses/<int:course_id>/groups/<int:group_id>/remove/<int:user_id>")
def remove_from_group(course_id: int, group_id: int, user_id: int) -> Response:
    """Take somebody out of a group by hand: what a tool that keeps groups in step will find changed."""
    course, group = taught_course(course_id), lms().groups.get(group_id)
    if group is None or group.deleted or group.course_id != course.id:
        abort(404, "There is no such group in this course.")
    if user_id in group.member_ids:
        group.member_ids.remove(user_id)
    return redirect(url_for("pages.groups", course_id=course_id))


def groups_by_set(course: Course) -> dict[str, list[Group]]:
    """Return the living groups of a course under the name of their set; those without one come last, under ''."""
    living = [group for group in lms().groups.values() if group.course_id == course.id and not group.deleted]
    sets = [each for each in lms().group_sets.values() if each.course_id == course.id]
    by_set = {each.name: [group for group in living if _is_in(group, each.id)] for each in sets}
    in_no_set = [group for group in living if not any(_is_in(group, each.id) for each in sets)]
    return by_set | ({"": in_no_set} if in_no_set else {})


def _is_in(group: Group, set_id: int) -> bool:
    return group.set_id == set_id or group.id in lms().group_sets[set_id].group_ids
