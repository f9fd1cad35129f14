"""Moodle's authorization endpoint, in the order in which mod/lti/auth.php looks at a request."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from practice_lms.current import hold_lock, lms, signed_in_user
from practice_lms.lti.answers import auto_post
from practice_lms.lti.records import Launch
from practice_lms.moodle.lti.errors import invalid_request
from practice_lms.moodle.lti.messages import claims
from practice_lms.state import Tool

blueprint = hold_lock(Blueprint("moodle_authorize", __name__))
REQUIRED = ("scope", "response_type", "client_id", "redirect_uri", "login_hint", "nonce")


@blueprint.route("/mod/lti/auth.php", methods=["GET", "POST"])
def authorize() -> AnyResponse:
    """Answer an authentication request: the launch, an error posted to the tool, or Moodle's own page."""
    asked = request.values
    launch = _take_launch(asked)
    tool = lms().tools[launch.tool_id]
    error = _error(asked, tool)
    if asked["redirect_uri"] not in tool.redirect_uris:
        invalid_request()
    error = error or _wrong_mode(asked)
    if error:
        return auto_post(asked["redirect_uri"], error | {"state": asked.get("state", "")})
    return _finish(asked, launch)


def _take_launch(asked: Mapping[str, str]) -> Launch:
    # The launch lives in the session of who started it, and is gone once it was looked at: back and reload end here.
    complete = all(asked.get(name) for name in REQUIRED)
    launch_id = _launch_id(asked.get("lti_message_hint", ""))
    if not complete or launch_id is None or asked["scope"] != "openid" or asked["response_type"] != "id_token":
        invalid_request()
    user = signed_in_user()
    launch = lms().lti.launches.get(launch_id)
    if launch is None or user is None or launch.user_id != user.id:
        invalid_request()
    del lms().lti.launches[launch_id]
    return launch


def _launch_id(hint: str) -> str | None:
    try:
        return str(json.loads(hint)["launchid"])
    except (ValueError, KeyError, TypeError):
        return None


def _error(asked: Mapping[str, str], tool: Tool) -> dict[str, str]:
    user = signed_in_user()
    if asked["client_id"] != tool.client_id:
        return {"error": "unauthorized_client"}
    if user is None or asked["login_hint"] != str(user.id):
        return {"error": "access_denied"}
    return {}


def _wrong_mode(asked: Mapping[str, str]) -> dict[str, str]:
    if asked.get("response_mode") != "form_post":
        return {"error": "invalid_request", "error_description": "Invalid response_mode"}
    if asked.get("prompt", "none") != "none":
        return {"error": "invalid_request", "error_description": "Invalid prompt"}
    return {}


def _finish(asked: Mapping[str, str], launch: Launch) -> AnyResponse:
    user, course = lms().users[launch.user_id], lms().courses[launch.course_id or 0]
    if not user.administrator and (user.id not in course.enrolments or user.id in course.suspended):
        return redirect(f"/enrol/index.php?id={course.id}")
    token = lms().keys.sign(claims(lms(), launch, asked["nonce"]))
    return auto_post(asked["redirect_uri"], {"id_token": token, "state": asked.get("state", "")})


@blueprint.get("/mod/lti/return.php")
def back() -> AnyResponse:
    """Take somebody who leaves the tool to the course (mod/lti/return.php)."""
    return redirect(url_for("pages.course", course_id=request.args.get("course", 0, int)))


@blueprint.get("/enrol/index.php")
def enrol() -> Response:
    """Say that one is not enrolled, where Moodle offers to enrol oneself."""
    course = lms().courses.get(request.args.get("id", 0, int))
    title = course.label if course else ""
    return Response(f"<!doctype html><title>{title}</title><p>You cannot enrol yourself in this course.</p>")
