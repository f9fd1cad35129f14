"""Where the LMS's own pages start choosing content in a tool (LTI Deep Linking 2.0)."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, abort, request

from practice_lms.canvas.lti import deep_linking as canvas_deep_linking
from practice_lms.current import current_user, hold_lock, lms
from practice_lms.lti import launches, oidc
from practice_lms.moodle.lti import deep_linking as moodle_deep_linking
from practice_lms.state import Flavour

blueprint = hold_lock(Blueprint("deep_linking", __name__))


@blueprint.get("/launch/courses/<int:course_id>/tools/<int:tool_id>/select")
def start(course_id: int, tool_id: int) -> Response:
    """Launch a tool so that a teacher can choose content; `?placement=` names one of Canvas's."""
    course, tool = oidc.known_course(course_id), oidc.known_tool(tool_id)
    if lms().flavour is Flavour.MOODLE:
        allowed, placement = moodle_deep_linking.may_add_activities(course), ""
    else:
        allowed = canvas_deep_linking.may_add_content(course)
        placement = request.args.get("placement") or canvas_deep_linking.usual_placement(tool)
    if not allowed:
        abort(403, "You cannot add content to this course.")
    return oidc.start(launches.of_selection(tool, current_user(), course, placement, ""))


def init_app(app: Flask) -> None:
    """Add the address that starts a selection."""
    app.register_blueprint(blueprint)
