"""What a score does in Moodle (mod/lti/service/gradebookservices/classes/local/resources/scores.php and results.php).

Only a number under FullyGraded is a grade. Everything else erases the grade that is there, and answers 200.
`activityProgress` has to be there and has no effect.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, NoReturn

from flask import Blueprint, Response, abort, request

from practice_lms.current import hold_lock, lms
from practice_lms.lti import gradebook
from practice_lms.lti.answers import json_answer, number
from practice_lms.lti.vocabulary import MediaType, Scope
from practice_lms.moodle.lti import urls
from practice_lms.moodle.lti.access import authorised, require_accept, require_content
from practice_lms.moodle.lti.errors import SERVICES, error_page
from practice_lms.moodle.lti.line_items import known_item
from practice_lms.state import Enrolment, Grade, LineItem, Tool

NUMERIC = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)

blueprint = hold_lock(
    Blueprint("moodle_scores", __name__, url_prefix=f"{SERVICES}/<int:course_id>/lineitems/<int:item_id>/lineitem")
)


@blueprint.post("/scores")
def post_score(course_id: int, item_id: int) -> Response:
    """Write or erase one grade; 400, 409 and 500 have the body `[]` and their reason in the status line."""
    require_content(MediaType.SCORE)
    tool = authorised(Scope.SCORE)
    item = known_item(tool, course_id, item_id)
    score, at = _checked(item)
    user_id = int(score["userId"])
    grade = lms().grade(item.id, user_id)
    if grade.updated_at is not None and at <= grade.updated_at:
        _refuse(409, f"Refusing score with an earlier timestamp for item {item.id} and user {user_id}")
    if item.locked:
        _refuse(500, "Internal Server Error")
    _apply(item, grade, score, at)
    gradebook.grade_changed(lms(), item, user_id)
    return Response(status=200, content_type=f"{MediaType.SCORE}; charset=utf-8")


def _refuse(status: int, reason: str) -> NoReturn:
    abort(json_answer([], f"{status} {reason}", MediaType.SCORE))


def _checked(item: LineItem) -> tuple[dict[str, Any], datetime]:
    sent = request.get_json(force=True, silent=True)
    score: dict[str, Any] = sent if isinstance(sent, dict) else {}
    at = gradebook.parsed_time(score.get("timestamp"))
    if at is None or not _is_complete(score) or not _is_gradable(item, score["userId"]):
        _refuse(400, "Incorrect score received" + request.get_data(as_text=True).replace("\n", " "))
    return score, at.replace(microsecond=0)  # whole seconds: the same second again is a conflict


def _is_complete(score: dict[str, Any]) -> bool:
    named = all(score.get(name) for name in ("userId", "gradingProgress", "activityProgress"))
    given, maximum = score.get("scoreGiven"), score.get("scoreMaximum")
    return named and (given is None or (_is_number(given) and _is_number(maximum)))


def _is_number(value: object) -> bool:
    if isinstance(value, str):  # PHP's is_numeric: a number in quotes is one
        return bool(NUMERIC.fullmatch(value))
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_gradable(item: LineItem, user_id: object) -> bool:
    # A gradebook role counts, not whether the enrolment is active: a suspended student is accepted.
    enrolments = lms().courses[item.course_id].enrolments
    return str(user_id).isdigit() and enrolments.get(int(str(user_id))) is Enrolment.STUDENT


def _apply(item: LineItem, grade: Grade, score: dict[str, Any], at: datetime) -> None:
    grade.activity_progress, grade.grading_progress = score["activityProgress"], score["gradingProgress"]
    given = score.get("scoreGiven")
    if given is None or score["gradingProgress"] != "FullyGraded":
        _erase(item, grade)
    else:
        _write(item, grade, float(given), float(score["scoreMaximum"]), at)
        grade.comments = [score["comment"]] if score.get("comment") else []


def _erase(item: LineItem, grade: Grade) -> None:
    grade.result_score = None
    if grade.overridden:
        return
    grade.score, grade.comments = None, []
    # An activity's column forgets its time; one that stands alone is stamped with the server's clock.
    grade.updated_at = None if item.coupled else lms().clock().replace(microsecond=0)


def _write(item: LineItem, grade: Grade, given: float, maximum: float, at: datetime) -> None:
    raw = given * item.score_maximum / maximum if maximum else given
    grade.result_score, grade.result_maximum = raw, item.score_maximum
    grade.writes += 1
    if grade.overridden:  # the teacher's own grade stays the final one
        return
    grade.score = min(max(raw, 0), item.score_maximum)
    grade.updated_at = at


@blueprint.get("/results")
def results(course_id: int, item_id: int) -> Response:
    """Return the final grades of a column, those with a time; with `limit` Moodle breaks and shows its error page."""
    require_accept(MediaType.RESULTS)
    tool = authorised(Scope.RESULT_READ, Scope.LINE_ITEM, Scope.LINE_ITEM_READ)
    item = known_item(tool, course_id, item_id)
    if "limit" in request.args:
        return error_page("Exception - Undefined constant")
    wanted = request.args.get("user_id")
    found = [
        _result(tool, item, grade)
        for grade in lms().grades.values()
        if grade.line_item_id == item.id and grade.updated_at and wanted in (None, str(grade.user_id))
    ]
    return json_answer(found, media_type=MediaType.RESULTS)


def _result(tool: Tool, item: LineItem, grade: Grade) -> dict[str, Any]:
    address = f"{urls.results(lms(), tool, item)}&user_id={grade.user_id}"
    said: dict[str, Any] = {"id": address, "userId": str(grade.user_id)}
    if grade.score is None:
        return said
    said |= {
        "resultScore": number(grade.score),
        "resultMaximum": number(item.score_maximum),
        "scoreOf": urls.line_item(lms(), tool, item),
        "timestamp": (grade.updated_at or lms().clock()).isoformat(timespec="seconds"),
    }
    return said | ({"comment": grade.comments[-1]} if grade.comments else {})
