"""Platform notices (notice_handlers_controller.rb, platform_notification_service.rb): sent once, never again."""

from __future__ import annotations

import contextlib
import threading
import uuid
from typing import Any
from urllib.parse import urlsplit

import requests
from flask import Blueprint, Response, request

from practice_lms.canvas.lti.access import authorised
from practice_lms.canvas.lti.errors import bad_request, refuse
from practice_lms.canvas.lti.messages import NOTICE_TYPES
from practice_lms.current import hold_lock, lms
from practice_lms.lti.answers import json_answer
from practice_lms.lti.vocabulary import CLAIM, LIS, VERSION, Scope
from practice_lms.state import Course, Lms, Tool

blueprint = hold_lock(Blueprint("canvas_notices", __name__, url_prefix="/api/lti/notice-handlers"))
LIFE_SECONDS = 3600
SEND_SECONDS = 10


@blueprint.get("/<int:tool_id>")
def show_handlers(tool_id: int) -> Response:
    """Return where each kind of notice goes; here the client id is a number."""
    tool = _own(tool_id)
    found = [
        {"notice_type": kind, "handler": lms().lti.notice_handlers.get((tool.id, kind), "")} for kind in NOTICE_TYPES
    ]
    said = {"client_id": int(tool.client_id), "deployment_id": tool.deployment_id, "notice_handlers": found}
    return json_answer(said)


@blueprint.put("/<int:tool_id>")
def set_handler(tool_id: int) -> Response:
    """Set or, with an empty handler, unset where one kind of notice goes; a hello is sent to a new one at once."""
    tool = _own(tool_id)
    sent = request.get_json(force=True, silent=True)
    asked = sent if isinstance(sent, dict) else {}
    kind, handler = asked.get("notice_type"), asked.get("handler")
    _check(tool, kind, handler)
    key = (tool.id, str(kind))
    if handler:
        lms().lti.notice_handlers[key] = str(handler)
    else:
        lms().lti.notice_handlers.pop(key, None)
    if handler and kind == "LtiHelloWorldNotice":
        send(lms(), tool, "LtiHelloWorldNotice", {})
    return json_answer({"notice_type": kind, "handler": handler})


def _own(tool_id: int) -> Tool:
    tool = authorised(Scope.NOTICE_HANDLERS)
    if tool.id != tool_id:
        refuse(403, "forbidden", "Tool does not have permission for this deployment")
    return tool


def _check(tool: Tool, kind: object, handler: object) -> None:
    if kind not in NOTICE_TYPES:
        bad_request(f"notice_type must be one of {', '.join(NOTICE_TYPES)}")
    if not isinstance(handler, str) or (handler and not handler.startswith(("http://", "https://"))):
        bad_request("handler must be a valid URL or an empty string")
    hosts = {tool.domain, *(urlsplit(uri).netloc for uri in tool.redirect_uris)}
    if handler and urlsplit(handler).netloc not in hosts:
        bad_request("Validation failed: Url should match tool's domain or redirect uri")


def announce_copy(platform: Lms, course: Course) -> None:
    """Tell every tool that asked for it that this course was copied (lti_context_copy_notice_builder.rb)."""
    context = {
        "id": course.context_id,
        "label": course.label,
        "title": course.title,
        "type": [f"{LIS}course#CourseOffering"],
    }
    said: dict[str, Any] = {f"{CLAIM}context": context}
    if course.copied_from:
        said[f"{CLAIM}origin_contexts"] = [course.copied_from[0]]
    for tool in platform.tools.values():
        send(platform, tool, "LtiContextCopyNotice", said)


def send(platform: Lms, tool: Tool, kind: str, said: dict[str, Any]) -> None:
    """Send one notice in the background if the tool has a handler for its kind; a handler that fails loses it."""
    handler = platform.lti.notice_handlers.get((tool.id, kind))
    if handler:
        body = {"notices": [{"jwt": platform.keys.sign(_claims(platform, tool, kind) | said)}]}
        threading.Thread(target=_post, args=(handler, body), daemon=True).start()


def _post(handler: str, body: dict[str, Any]) -> None:
    with contextlib.suppress(requests.RequestException):
        requests.post(handler, json=body, timeout=SEND_SECONDS)


def _claims(platform: Lms, tool: Tool, kind: str) -> dict[str, Any]:
    now = platform.clock()
    return {
        "iss": platform.issuer,
        "aud": tool.client_id,
        "azp": tool.client_id,
        "iat": int(now.timestamp()),
        "exp": int(now.timestamp()) + LIFE_SECONDS,
        "nonce": str(uuid.uuid4()),
        f"{CLAIM}deployment_id": tool.deployment_id,
        f"{CLAIM}version": VERSION,
        f"{CLAIM}notice": {"id": str(uuid.uuid4()), "timestamp": now.isoformat(), "type": kind},
    }
