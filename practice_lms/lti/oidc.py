"""Where the LMS's own pages start a launch: each address answers with the login initiation that posts itself."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Flask, Response, abort

from practice_lms.canvas.lti import messages as canvas_messages
from practice_lms.current import current_user, hold_lock, lms
from practice_lms.lti import launches
from practice_lms.lti.answers import auto_post
from practice_lms.lti.records import Launch
from practice_lms.moodle.lti import messages as moodle_messages
from practice_lms.moodle.lti.deep_linking import session_key
from practice_lms.state import Course, Enrolment, Flavour, Tool

blueprint = hold_lock(Blueprint("oidc", __name__))
LOGIN_FIELDS = {Flavour.MOODLE: moodle_messages.login_fields, Flavour.CANVAS: canvas_messages.login_fields}


def start(launch: Launch) -> Response:
    """Return the login initiation of a launch (OpenID Connect third-party login; LTI Core 5.1.1.1)."""
    tool = lms().tools[launch.tool_id]
    if not tool.active:
        abort(404, f"{tool.name} is not turned on.")
    fields = LOGIN_FIELDS[lms().flavour](lms(), replace(launch, session_key=session_key()))
    return auto_post(tool.initiate_login_uri, fields)


def known_tool(tool_id: int) -> Tool:
    """Return a tool, or end the request with 404."""
    return lms().tools.get(tool_id) or abort(404)


def known_course(course_id: int) -> Course:
    """Return a course, or end the request with 404."""
    return lms().courses.get(course_id) or abort(404)


@blueprint.get("/launch/activities/<int:activity_id>")
def launch_activity(activity_id: int) -> Response:
    """Launch a link in a course. Moodle asks only later, at authorization, whether one is enrolled."""
    activity = lms().activities.get(activity_id) or abort(404)
    if activity.tool_id is None:
        abort(404)
    course = known_course(activity.course_id)
    _require_member(course)
    if not activity.published and course.enrolments.get(current_user().id) is Enrolment.STUDENT:
        abort(403, f"{activity.title} is not published yet.")
    return start(launches.of_activity(lms(), activity, current_user()))


@blueprint.get("/launch/courses/<int:course_id>/tools/<int:tool_id>")
def launch_navigation(course_id: int, tool_id: int) -> Response:
    """Launch a tool from a course's navigation (Canvas only)."""
    course = known_course(course_id)
    _require_member(course)
    return start(_placed(tool_id, "course_navigation", course))


@blueprint.get("/launch/account/tools/<int:tool_id>")
def launch_account(tool_id: int) -> Response:
    """Launch a tool from the account's navigation (Canvas only): there is no course."""
    return start(_placed(tool_id, "account_navigation", None))


@blueprint.get("/launch/groups/<int:group_id>/tools/<int:tool_id>")
def launch_group(group_id: int, tool_id: int) -> Response:
    """Launch a tool from a group's own pages (Canvas only), for those in the group."""
    group = lms().groups.get(group_id) or abort(404)
    if lms().flavour is not Flavour.CANVAS or current_user().id not in group.member_ids:
        abort(404)
    return start(launches.of_group(known_tool(tool_id), current_user(), group))


def _placed(tool_id: int, placement: str, course: Course | None) -> Launch:
    if lms().flavour is not Flavour.CANVAS:
        abort(404)
    return launches.of_placement(known_tool(tool_id), current_user(), placement, course) or abort(404)


def _require_member(course: Course) -> None:
    user = current_user()
    if lms().flavour is Flavour.CANVAS and user.id not in course.enrolments and not user.administrator:
        abort(403, "You are not in this course.")


def init_app(app: Flask) -> None:
    """Add the addresses that start launches."""
    app.register_blueprint(blueprint)
