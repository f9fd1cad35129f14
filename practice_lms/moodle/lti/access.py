"""Moodle's access tokens: opaque, good for an hour and for the scopes that were granted (mod/lti/token.php)."""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask import request

from practice_lms.current import lms
from practice_lms.lti.records import AccessToken
from practice_lms.lti.vocabulary import MediaType, Scope
from practice_lms.moodle.lti.errors import no_handler, refuse
from practice_lms.state import Course, Lms, Tool

LIFE = timedelta(hours=1)


def issue(platform: Lms, tool: Tool, scopes: list[str]) -> str:
    """Return a new access token."""
    token = secrets.token_hex(16)
    platform.lti.access_tokens[token] = AccessToken(tool.id, frozenset(scopes), platform.clock() + LIFE)
    return token


def authorised(*scopes: Scope) -> Tool:
    """Return whose token this is when it carries one of the scopes; a bad token and a missing scope look alike."""
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = lms().lti.access_tokens.get(bearer)
    if token is None or token.expires_at <= lms().clock() or not token.scopes & set(scopes):
        refuse(401, "Unauthorized")
    tool = lms().tools.get(token.tool_id)
    if tool is None:
        refuse(401, "Unauthorized")
    return tool


def known_course(course_id: int) -> Course:
    """Return a course. Any course: a site-level tool's token is good for all of them."""
    course = lms().courses.get(course_id)
    if course is None:
        refuse(404, f"Not Found: Course {course_id} doesn't exist")
    return course


def require_accept(media_type: MediaType) -> None:
    """Refuse an Accept header that names something else; absent or `*/*` passes."""
    accept = request.headers.get("Accept", "*/*")
    if not {"*/*", str(media_type)} & _media_types(accept):
        no_handler()


def require_list_accept(media_type: MediaType) -> None:
    """Refuse a list unless its exact media type is asked for (local/resources/lineitems.php)."""
    accept = request.headers.get("Accept", "*/*")
    if media_type in _media_types(accept):
        return
    if accept == "*/*":
        refuse(400, "No context or unsupported content type")
    no_handler()


def require_content(media_type: MediaType) -> None:
    """Refuse a body under another media type; parameters such as charset are no matter."""
    if media_type not in _media_types(request.headers.get("Content-Type", "")):
        no_handler()


def _media_types(header: str) -> set[str]:
    return {part.split(";")[0].strip() for part in header.split(",")}
