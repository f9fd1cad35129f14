"""Canvas's line items (app/controllers/lti/ims/line_items_controller.rb, line_items_serializer.rb)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, request

from practice_lms.canvas.lti import urls
from practice_lms.canvas.lti.access import authorised, open_course
from practice_lms.canvas.lti.errors import bad_request, missing, refuse
from practice_lms.canvas.lti.paging import page
from practice_lms.current import hold_lock, lms
from practice_lms.lti import gradebook
from practice_lms.lti.answers import json_answer
from practice_lms.lti.gradebook import as_number
from practice_lms.lti.vocabulary import CANVAS, MediaType, Scope
from practice_lms.state import Activity, LineItem, Tool

blueprint = hold_lock(
    Blueprint("canvas_line_items", __name__, url_prefix="/api/lti/courses/<int:course_id>/line_items")
)
READ = (Scope.LINE_ITEM, Scope.LINE_ITEM_READ)
SUBMISSION_TYPE = f"{CANVAS}submission_type"
LAUNCH_URL = f"{CANVAS}launch_url"


@blueprint.get("")
def list_line_items(course_id: int) -> Response:
    """Return this client's own line items, ten to a page unless `limit` says otherwise."""
    tool = authorised(*READ)
    open_course(course_id)
    found = [item for item in gradebook.columns(lms(), tool, course_id) if _wanted(item)]
    shown, headers = page(found)
    return json_answer([shape(tool, item) for item in shown], media_type=MediaType.LINE_ITEMS, headers=headers)


def _wanted(item: LineItem) -> bool:
    asked = {"tag": item.tag, "resource_id": item.resource_id, "resource_link_id": gradebook.link_of(lms(), item)}
    return all(request.args.get(name) in (None, value) for name, value in asked.items())


@blueprint.post("")
def create_line_item(course_id: int) -> Response:
    """Add a column: without a resource link it is a new assignment, which shows in the course."""
    tool = authorised(Scope.LINE_ITEM)
    open_course(course_id)
    asked = _body()
    kind = _submission_type(asked)
    activity = _linked(tool, course_id, asked) or _new_assignment(tool, course_id, asked, kind)
    item = LineItem(lms().new_id(), course_id, asked["label"], as_number(asked["scoreMaximum"]), tool.id, activity.id)
    item.resource_id, item.tag = asked.get("resourceId", ""), asked.get("tag", "")
    item.extensions = {SUBMISSION_TYPE: asked[SUBMISSION_TYPE]} if SUBMISSION_TYPE in asked else {}
    gradebook.add_column(lms(), item)
    return json_answer(shape(tool, item), 201, MediaType.LINE_ITEM)


def _body() -> dict[str, Any]:
    asked = request.get_json(force=True, silent=True)
    body = asked if isinstance(asked, dict) else {}
    for name in ("scoreMaximum", "label"):
        if body.get(name) in (None, ""):
            bad_request(f"param is missing or the value is empty: {name}")
    return body


def _submission_type(asked: dict[str, Any]) -> str:
    kind = asked.get(SUBMISSION_TYPE, {}).get("type", "none")
    if kind not in ("none", "external_tool"):
        abort(json_answer({"error": f"Invalid submission_type for new assignment: {kind}"}, 400))
    return str(kind)


def _linked(tool: Tool, course_id: int, asked: dict[str, Any]) -> Activity | None:
    # The id that a launch from the navigation carries is the context's, and unknown here (canvas-lms#1944).
    link = asked.get("resourceLinkId")
    if not link:
        return None
    owners = [each for each in lms().activities.values() if each.tool_id and gradebook.link_id(lms(), each) == link]
    if not owners:
        missing()
    activity = owners[0]
    if activity.tool_id != tool.id:
        refuse(422, "unprocessable_entity", "Resource link id points to Tool not associated with this Context")
    if activity.course_id != course_id or not gradebook.linked_columns(lms(), activity):
        abort(Response(status=412))
    return activity


def _new_assignment(tool: Tool, course_id: int, asked: dict[str, Any], kind: str) -> Activity:
    number_of = lms().new_id()
    activity = Activity(number_of, course_id, asked["label"], submission_type=kind)
    if kind == "external_tool":
        activity.tool_id = tool.id
        activity.url = asked[SUBMISSION_TYPE].get("external_tool_url", "")
    lms().activities[number_of] = activity
    return activity


@blueprint.get("/<int:item_id>")
def show_line_item(course_id: int, item_id: int) -> Response:
    """Return one line item."""
    tool = authorised(*READ)
    open_course(course_id)
    return json_answer(shape(tool, known_item(tool, course_id, item_id)), media_type=MediaType.LINE_ITEM)


@blueprint.put("/<int:item_id>")
def change_line_item(course_id: int, item_id: int) -> Response:
    """Change a line item; the first one of an assignment renames the assignment with it."""
    tool = authorised(Scope.LINE_ITEM)
    open_course(course_id)
    item = known_item(tool, course_id, item_id)
    asked = request.get_json(force=True, silent=True) or {}
    item.label = asked.get("label", item.label)
    item.score_maximum = as_number(asked.get("scoreMaximum", item.score_maximum))
    item.resource_id, item.tag = asked.get("resourceId", item.resource_id), asked.get("tag", item.tag)
    if is_primary(item):
        lms().activities[item.activity_id or 0].title = item.label
    return json_answer(shape(tool, item), media_type=MediaType.LINE_ITEM)


@blueprint.delete("/<int:item_id>")
def delete_line_item(course_id: int, item_id: int) -> Response:
    """Delete a line item that a tool made; a coupled one stays and the answer is an empty 401."""
    tool = authorised(Scope.LINE_ITEM)
    open_course(course_id)
    item = known_item(tool, course_id, item_id)
    if item.coupled:
        return Response(status=401)
    primary = is_primary(item)
    gradebook.remove_column(lms(), item)
    if primary:
        del lms().activities[item.activity_id or 0]
    return Response(status=204)


def known_item(tool: Tool, course_id: int, item_id: int) -> LineItem:
    """Return one of this client's line items in a course; another client's is a 412."""
    item = lms().line_items.get(item_id)
    if item is None or item.course_id != course_id:
        missing()
    if not gradebook.owns(lms(), tool, item):
        refuse(412, "precondition_failed", "Tool does not have permission to view line_item")
    return item


def is_primary(item: LineItem) -> bool:
    """Return whether a line item is its assignment's own, the first one: only that one reaches the gradebook."""
    activity = lms().activities.get(item.activity_id or 0)
    return activity is not None and gradebook.linked_columns(lms(), activity)[0] is item


def shape(tool: Tool, item: LineItem) -> dict[str, Any]:
    """Return a line item as JSON; what is empty is left out."""
    said: dict[str, Any] = {
        "id": urls.line_item(lms(), item),
        "scoreMaximum": item.score_maximum,
        "label": item.label,
        "resourceId": item.resource_id,
        "tag": item.tag,
        "resourceLinkId": gradebook.link_of(lms(), item),
    }
    activity = lms().activities.get(item.activity_id or 0)
    if "launch_url" in request.args.getlist("include[]") and activity and activity.tool_id:
        said[LAUNCH_URL] = activity.url or tool.target_link_uri
    return {name: value for name, value in said.items() if value not in ("", None)} | item.extensions
