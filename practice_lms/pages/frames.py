"""A tool in a course's navigation, and the frame that keeps a tool's data for it (Canvas only)."""

from __future__ import annotations

from flask import abort, current_app, render_template

from practice_lms.current import lms
from practice_lms.pages.access import known_tool, visible_course
from practice_lms.pages.blueprint import pages
from practice_lms.pages.placements import navigation_tools
from practice_lms.state import Flavour


@pages.get("/courses/<int:course_id>/tools/<int:tool_id>")
def course_tool(course_id: int, tool_id: int) -> str:
    """Show a tool from the navigation of a course."""
    course, tool = visible_course(course_id), known_tool(tool_id)
    if tool not in navigation_tools(lms(), course):
        abort(404, "This tool is not in the navigation of this course.")
    return render_template("pages/course_tool.html", course=course, tool=tool)


@pages.get("/platform-storage")
def platform_storage() -> str:
    """Be the sibling frame `post_message_forwarding` (Canvas: lib/lti/platform_storage.rb)."""
    if lms().flavour is not Flavour.CANVAS or current_app.config["PLATFORM_STORAGE"] == "off":
        abort(404)
    return render_template("pages/platform_storage.html")
