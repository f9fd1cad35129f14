"""The gate before every Canvas LTI service, in its order (lti_services.rb, advantage_services.rb)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt
from flask import request

from practice_lms.canvas.lti import urls
from practice_lms.canvas.lti.errors import missing, unauthorized, unprocessable
from practice_lms.current import lms
from practice_lms.lti.tool_keys import ONLY_THE_SIGNATURE
from practice_lms.lti.vocabulary import Scope
from practice_lms.state import Course, Enrolment, Lms, Tool

LIFE = timedelta(hours=1)


def issue(platform: Lms, tool: Tool, scopes: list[str]) -> str:
    """Return a new access token: a JWT that only this Canvas reads."""
    now = platform.clock()
    claims = {
        "iss": platform.url,
        "sub": tool.client_id,
        "aud": urls.token(platform),
        "iat": int(now.timestamp()),
        "exp": int((now + LIFE).timestamp()),
        "scopes": " ".join(scopes),
    }
    return jwt.encode(claims, platform.lti.secret, algorithm="HS256")


def authorised(*scopes: Scope) -> Tool:
    """Return whose token this is when it carries one of the scopes; every refusal here is a 401."""
    claims = _claims()
    tool = next((each for each in lms().tools.values() if each.client_id == claims.get("sub")), None)
    if tool is None:
        unauthorized("Unknown or inactive Developer Key")
    if not set(scopes) & set(str(claims.get("scopes", "")).split()):
        unauthorized("Insufficient permissions")
    if not tool.active:
        unauthorized("Invalid Developer Key")
    return tool


def _claims() -> dict[str, Any]:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        unauthorized("Missing access token")
    claims = _signed(token)
    if claims.get("exp", 0) <= lms().clock().timestamp():
        unauthorized("Access token expired")
    if claims.get("aud") != urls.token(lms()):
        unauthorized("Invalid access token field/s: the 'aud' is invalid")
    return claims


def _signed(token: str) -> dict[str, Any]:
    try:
        return dict(jwt.decode(token, lms().lti.secret, algorithms=["HS256"], options=ONLY_THE_SIGNATURE))
    except jwt.InvalidSignatureError:
        unauthorized("Invalid access token signature")
    except jwt.InvalidAlgorithmError:
        unauthorized("Access token signature algorithm not allowed")
    except jwt.PyJWTError:
        unauthorized("Invalid access token format")


def known_course(course_id: int) -> Course:
    """Return a course, or end the request with 404."""
    return lms().courses.get(course_id) or missing()


def open_course(course_id: int, user_id: object = None) -> Course:
    """Return a course that takes AGS requests; a concluded one takes none, not even reads (scores_controller.rb)."""
    course = known_course(course_id)
    if course.concluded:
        whose = " for this student" if learner(course, user_id) is not None else ""
        unprocessable(f"This course has concluded{whose}. AGS requests will no longer be accepted for this course.")
    return course


def learner(course: Course, asked: object) -> int | None:
    """Return the id of a student named by LTI id, by an old one from before a merge, or by Canvas id."""
    user = lms().user_by_lti_id(str(asked)) or lms().users.get(int(str(asked)) if str(asked).isdigit() else 0)
    if user is None or course.enrolments.get(user.id) is not Enrolment.STUDENT:
        return None
    return user.id
