"""Deep linking the Canvas way: what comes back is created at once, and unpublished.

Sources: deep_linking_services.rb, lti/deep_linking/deep_linking_controller.rb, deep_linking_modules.rb.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, render_template, request

from practice_lms.canvas.lti.deep_linking_settings import PLACEMENTS
from practice_lms.current import current_user, lms
from practice_lms.lti import gradebook, tool_keys
from practice_lms.lti.answers import json_answer
from practice_lms.lti.launches import placements_of
from practice_lms.lti.sealed import SealBrokenError, SealExpiredError, unseal
from practice_lms.lti.vocabulary import DEEP_LINKING_CLAIM, Message
from practice_lms.state import Activity, Course, Enrolment, LineItem, Tool

blueprint = Blueprint("canvas_deep_linking", __name__)
OLDEST_SECONDS, AHEAD_SECONDS = 300, 30
ADDS_CONTENT = frozenset({Enrolment.TEACHER, Enrolment.ASSISTANT, Enrolment.DESIGNER})
NO_MAXIMUM = {"lineItem.scoreMaximum": "lineItem.scoreMaximum is a required field"}


def may_add_content(course: Course) -> bool:
    """Return whether the person at the keyboard may add content here (manage_course_content_add)."""
    user = current_user()
    return user.administrator or course.enrolments.get(user.id) in ADDS_CONTENT


def usual_placement(tool: Tool) -> str:
    """Return the first placement at which the tool takes a selection."""
    for message in tool.messages:
        if message.get("type") == Message.DEEP_LINKING:
            return next((name for name in placements_of(message) if name in PLACEMENTS), "link_selection")
    return "link_selection"


@blueprint.post("/courses/<int:course_id>/deep_linking_response")
def receive(course_id: int) -> Response:
    """Create what the tool returned and show it; anything wrong with the message is a 400 with JSON."""
    course = lms().courses.get(course_id) or abort(404)
    data, tool = _data(course)
    answer = _verified(tool, request.form.get("JWT", ""))
    if not may_add_content(course):
        abort(403)
    items = answer.get(f"{DEEP_LINKING_CLAIM}content_items") or []
    with lms().lock:
        kept = items if PLACEMENTS[data["placement"]].multiple else items[:1]
        found = [(item, _item_errors(item)) for item in kept]
        created = [_create(course, tool, item, data["placement"]) for item, errors in found if not errors]
    return Response(
        render_template(
            "deep_linking_canvas.html",
            course=course,
            tool=tool,
            created=created,
            refused=[(item, errors) for item, errors in found if errors],
            notice=answer.get(f"{DEEP_LINKING_CLAIM}msg"),
            error=answer.get(f"{DEEP_LINKING_CLAIM}errormsg"),
        )
    )


def _refuse(field: str, message: str) -> Response:
    return json_answer({"errors": {field: [{"attribute": field, "type": message, "message": message}]}}, 400)


def _data(course: Course) -> tuple[dict[str, Any], Tool]:
    try:
        data = unseal(lms(), request.args.get("data", ""))
    except (SealBrokenError, SealExpiredError):
        abort(_refuse("data", "the data parameter is invalid"))
    tool = lms().tools.get(data.get("tool_id", 0))
    if tool is None or not tool.active or data.get("course_id") != course.id:
        abort(_refuse("developer_key", "Developer key is invalid"))
    return data, tool


def _verified(tool: Tool, token: str) -> dict[str, Any]:
    try:
        claims = tool_keys.signed_claims(tool_keys.fetch_key_set(tool), token)
    except (tool_keys.UnknownKeyError, tool_keys.BadSignatureError):
        abort(_refuse("jwt", "JWT verification failure"))
    except tool_keys.KeySetUnavailableError as error:
        abort(_refuse("jwt", f"JWK Error: {error}"))
    if wrong := _wrong_claim(tool, claims):
        abort(_refuse(*wrong))
    return claims


def _wrong_claim(tool: Tool, claims: dict[str, Any]) -> tuple[str, str] | None:
    now, audience = lms().clock().timestamp(), claims.get("aud", [])
    checks = {
        ("iss", "the 'iss' is invalid"): claims.get("iss") == tool.client_id,
        ("aud", "the 'aud' is invalid"): lms().issuer in ([audience] if isinstance(audience, str) else audience),
        ("exp", "the JWT has expired"): gradebook.as_number(claims.get("exp")) > now,
        ("iat", "the 'iat' must be less than 5 minutes old"): gradebook.as_number(claims.get("iat"))
        >= now - OLDEST_SECONDS,
        ("iat", "the 'iat' must not be in the future"): gradebook.as_number(claims.get("iat")) <= now + AHEAD_SECONDS,
        ("nonce", "the 'nonce' is missing"): bool(claims.get("nonce")),
    }
    return next((wrong for wrong, passed in checks.items() if not passed), None)


def _item_errors(item: dict[str, Any]) -> dict[str, str]:
    line_item = item.get("lineItem")
    return NO_MAXIMUM if line_item is not None and not isinstance(line_item.get("scoreMaximum"), int | float) else {}


def _create(course: Course, tool: Tool, item: dict[str, Any], placement: str) -> Activity:
    line_item = item.get("lineItem") if PLACEMENTS[placement].takes_line_item else None
    number = lms().new_id()
    activity = Activity(
        number,
        course.id,
        (line_item or {}).get("label") or item.get("title") or tool.name,
        body=item.get("text", ""),
        published=False,
        tool_id=tool.id,
        url=item.get("url", ""),
        custom={key: str(value) for key, value in (item.get("custom") or {}).items()},
        new_window=item.get("window", {}).get("targetName") == "_blank",
    )
    lms().activities[number] = activity
    if line_item:
        _add_column(activity, line_item)
    return activity


def _add_column(activity: Activity, line_item: dict[str, Any]) -> None:
    column = LineItem(
        lms().new_id(),
        activity.course_id,
        activity.title,
        float(line_item["scoreMaximum"]),
        activity.tool_id,
        activity.id,
        coupled=True,
        resource_link_id=gradebook.link_id(lms(), activity),
        resource_id=line_item.get("resourceId", ""),
        tag=line_item.get("tag", ""),
    )
    gradebook.add_column(lms(), column)
