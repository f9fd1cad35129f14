"""Moodle's line items (mod/lti/service/gradebookservices/classes/local/resources/lineitem.php and lineitems.php)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from practice_lms.current import hold_lock, lms
from practice_lms.lti import gradebook
from practice_lms.lti.answers import json_answer, number
from practice_lms.lti.vocabulary import MediaType, Scope
from practice_lms.moodle.lti import urls
from practice_lms.moodle.lti.access import (
    authorised,
    known_course,
    require_accept,
    require_content,
    require_list_accept,
)
from practice_lms.moodle.lti.errors import SERVICES, no_handler, refuse
from practice_lms.state import LineItem, Tool

blueprint = hold_lock(Blueprint("moodle_line_items", __name__, url_prefix=SERVICES))
READ = (Scope.LINE_ITEM, Scope.LINE_ITEM_READ)


@blueprint.get("/<int:course_id>/lineitems")
def list_line_items(course_id: int) -> Response:
    """Return all line items of the tool in a course; `limit` works but its Link header cannot be read."""
    require_list_accept(MediaType.LINE_ITEMS)
    tool = authorised(*READ)
    known_course(course_id)
    found = [item for item in gradebook.columns(lms(), tool, course_id) if _wanted(item)]
    first, limit = request.args.get("from", 0, int), request.args.get("limit", 0, int)
    shown = found[first : first + limit] if limit else found
    headers = {"Link": _broken_links(first, limit, len(found))} if limit else {}
    return json_answer([shape(tool, item) for item in shown], media_type=MediaType.LINE_ITEMS, headers=headers)


def _wanted(item: LineItem) -> bool:
    asked = {"resource_id": item.resource_id, "tag": item.tag, "resource_link_id": gradebook.link_of(lms(), item)}
    return all(request.args.get(name) in (None, value) for name, value in asked.items())


def _broken_links(first: int, limit: int, total: int) -> str:
    # Curly quotes and &amp; as Moodle 4.5 writes them: no client can follow this (moodle/09).
    base = f"{lms().url}{request.path}"
    kept = [f"{name}={value}" for name, value in request.args.items() if name not in ("limit", "from")]
    pages = [("first", 0), ("canonical", first), ("next", first + limit), ("last", max(total - 1, 0))]
    links = [
        f"<{base}?{'&amp;'.join([*kept, f'limit={limit}', f'from={start}'])}>; rel=\u201c{name}\u201d"
        for name, start in pages
        if name != "next" or start < total
    ]
    return ", ".join(links).encode().decode("latin-1")


@blueprint.post("/<int:course_id>/lineitems")
def create_line_item(course_id: int) -> Response:
    """Add a column; nothing keeps it unique. Without a resource link it stands alone in the gradebook."""
    require_content(MediaType.LINE_ITEM)
    tool = authorised(Scope.LINE_ITEM)
    known_course(course_id)
    asked = _body()
    link = str(asked.get("resourceLinkId") or "")
    if link and gradebook.linked_activity(lms(), course_id, link, tool) is None:
        refuse(403, "Forbidden")
    item = gradebook.add_column(
        lms(),
        LineItem(
            lms().new_id(),
            course_id,
            asked["label"],
            float(asked["scoreMaximum"]),
            tool.id,
            resource_link_id=link,
            resource_id=asked.get("resourceId", ""),
            tag=asked.get("tag", ""),
        ),
    )
    body = asked | {"id": urls.line_item(lms(), tool, item)}
    return json_answer(body, "201 Created", MediaType.LINE_ITEM)


def _body() -> dict[str, Any]:
    asked = request.get_json(force=True, silent=True)
    if not isinstance(asked, dict) or not asked.get("label") or not isinstance(asked.get("scoreMaximum"), int | float):
        refuse(400, "No label or Score Maximum")
    return asked


@blueprint.get("/<int:course_id>/lineitems/<int:item_id>/lineitem")
def show_line_item(course_id: int, item_id: int) -> Response:
    """Return one line item."""
    require_accept(MediaType.LINE_ITEM)
    tool = authorised(*READ)
    return json_answer(shape(tool, known_item(tool, course_id, item_id)), media_type=MediaType.LINE_ITEM)


@blueprint.put("/<int:course_id>/lineitems/<int:item_id>/lineitem")
def change_line_item(course_id: int, item_id: int) -> Response:
    """Rename or rescale a column; the grades in it are rescaled with it."""
    require_content(MediaType.LINE_ITEM)
    tool = authorised(Scope.LINE_ITEM)
    item, asked = known_item(tool, course_id, item_id), _body()
    _rescale(item, float(asked["scoreMaximum"]))
    item.label = asked["label"]
    item.resource_id, item.tag = asked.get("resourceId", ""), asked.get("tag", "")
    return json_answer(asked | {"id": urls.line_item(lms(), tool, item)}, media_type=MediaType.LINE_ITEM)


def _rescale(item: LineItem, maximum: float) -> None:
    factor = maximum / item.score_maximum if item.score_maximum else 1
    for grade in lms().grades.values():
        if grade.line_item_id == item.id and grade.score is not None:
            grade.score *= factor
    item.score_maximum = maximum


@blueprint.delete("/<int:course_id>/lineitems/<int:item_id>/lineitem")
def delete_line_item(course_id: int, item_id: int) -> Response:
    """Delete a column, even an activity's own one; later launches then carry an empty `lineitem`."""
    tool = authorised(Scope.LINE_ITEM)
    item = known_item(tool, course_id, item_id)
    gradebook.remove_column(lms(), item)
    activity = lms().activities.get(item.activity_id or 0)
    if item.coupled and activity is not None:
        activity.column_deleted = True
    return Response(status="204 OK", content_type="text/html; charset=utf-8")


@blueprint.post("/<int:course_id>/lineitems/<int:item_id>/lineitem")
def post_to_line_item(**_: int) -> Response:
    """Refuse what was meant for `/scores`: the address was put together behind the query (moodle/10)."""
    no_handler()


def known_item(tool: Tool, course_id: int, item_id: int) -> LineItem:
    """Return one of the tool's line items in a course, or end the request with 404 or 403."""
    known_course(course_id)
    item = lms().line_items.get(item_id)
    if item is None or item.course_id != course_id:
        refuse(404, f"Not Found: Grade item {item_id} doesn't exist")
    if not gradebook.owns(lms(), tool, item):
        refuse(403, "Forbidden")
    return item


def shape(tool: Tool, item: LineItem) -> dict[str, Any]:
    """Return a line item as JSON."""
    said: dict[str, Any] = {
        "id": urls.line_item(lms(), tool, item),
        "label": item.label,
        "scoreMaximum": number(item.score_maximum),
        "resourceId": item.resource_id,
        "tag": item.tag,
    }
    link = gradebook.link_of(lms(), item)
    return said | ({"resourceLinkId": link, "ltiLinkId": link} if link else {})
