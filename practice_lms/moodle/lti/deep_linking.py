"""Deep linking the Moodle way: what the tool returns fills a form, and nothing exists until the teacher saves it.

Sources: mod/lti/contentitem_return.php, locallib.php content_item_to_form. Checked are signature, kid, iss and exp;
aud, deployment_id, nonce and the message type are not.
"""

from __future__ import annotations

import secrets
from typing import Any

import jwt
from flask import Blueprint, Response, abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from practice_lms.current import current_user, lms
from practice_lms.lti import gradebook, tool_keys
from practice_lms.lti.records import Selection
from practice_lms.lti.vocabulary import DEEP_LINKING_CLAIM
from practice_lms.moodle.lti.errors import error_page, invalid_request
from practice_lms.moodle.lti.roles import TEACHES
from practice_lms.moodle.lti.token import RefusedError, check_times, verified_by_key_set
from practice_lms.state import Activity, Course, LineItem, Tool

blueprint = Blueprint("moodle_deep_linking", __name__)


def session_key() -> str:
    """Return the secret of this session that Moodle's own forms carry (sesskey)."""
    return str(session.setdefault("sesskey", secrets.token_urlsafe(8)))


def may_add_activities(course: Course) -> bool:
    """Return whether the person at the keyboard is an editing teacher here."""
    user = current_user()
    return user.administrator or course.enrolments.get(user.id) in TEACHES


@blueprint.post("/mod/lti/contentitem_return.php")
def receive() -> AnyResponse:
    """Show the teacher what the tool returned, ready to be saved."""
    tool = lms().tools.get(request.args.get("id", 0, int))
    course = lms().courses.get(request.args.get("course", 0, int))
    if tool is None or course is None or not may_add_activities(course):
        invalid_request()
    if request.args.get("sesskey") != session_key():
        abort(error_page("Your session has most likely timed out. Please log in again."))
    answer = _verified(tool, request.form.get("JWT", ""))
    items = answer.get(f"{DEEP_LINKING_CLAIM}content_items") or []
    key = secrets.token_urlsafe(12)
    lms().lti.selections[key] = Selection(tool.id, course.id, items)
    return Response(
        render_template(
            "deep_linking_moodle.html",
            course=course,
            tool=tool,
            items=items,
            selection=key,
            notice=answer.get(f"{DEEP_LINKING_CLAIM}msg"),
            error=answer.get(f"{DEEP_LINKING_CLAIM}errormsg"),
        )
    )


def _verified(tool: Tool, token: str) -> dict[str, Any]:
    try:
        if jwt.decode(token, options={"verify_signature": False}).get("iss") != tool.client_id:
            abort(error_page("Consumer key is incorrect."))
        claims = verified_by_key_set(tool, token)
        check_times(lms(), claims)
    except tool_keys.UnknownKeyError:
        abort(error_page('Exception - "kid" invalid, unable to lookup correct key'))
    except (tool_keys.BadSignatureError, tool_keys.KeySetUnavailableError):
        abort(error_page("Exception - Signature verification failed"))
    except jwt.PyJWTError:
        abort(error_page("Exception - Wrong number of segments"))
    except RefusedError as refused:
        abort(error_page(f"Exception - {refused}"))
    return claims


@blueprint.post("/course/modedit.php")
def save() -> AnyResponse:
    """Create the activities that the teacher saved."""
    selection = lms().lti.selections.get(request.form.get("selection", ""))
    if selection is None or not may_add_activities(lms().courses[selection.course_id]):
        invalid_request()
    with lms().lock:
        del lms().lti.selections[request.form["selection"]]
        for item in selection.items:
            _create(selection, item)
    return redirect(url_for("pages.course", course_id=selection.course_id))


def _create(selection: Selection, item: dict[str, Any]) -> Activity:
    # No completion and no grade to pass are set; window, iframe, dates and the line item's label are ignored.
    number = lms().new_id()
    activity = Activity(
        number,
        selection.course_id,
        item.get("title") or lms().tools[selection.tool_id].name,
        body=item.get("text", "") or item.get("html", ""),
        tool_id=selection.tool_id,
        url=item.get("url") or "",
        custom={key: str(value) for key, value in (item.get("custom") or {}).items()},
    )
    lms().activities[number] = activity
    gradebook.link_id(lms(), activity)
    if line_item := item.get("lineItem"):
        _add_column(activity, line_item)
    return activity


def _add_column(activity: Activity, line_item: dict[str, Any]) -> None:
    gradebook.add_column(
        lms(),
        LineItem(
            lms().new_id(),
            activity.course_id,
            activity.title,
            float(line_item.get("scoreMaximum", 100)),
            activity.tool_id,
            activity.id,
            coupled=True,
            resource_link_id=activity.resource_link_id,
            resource_id=line_item.get("resourceId", ""),
            tag=line_item.get("tag", ""),
        ),
    )
