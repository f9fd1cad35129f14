"""What a score does in Canvas, and what reads it back (scores_controller.rb, results_controller.rb, lti/result.rb)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from practice_lms.canvas.lti import urls
from practice_lms.canvas.lti.access import authorised, learner, open_course
from practice_lms.canvas.lti.errors import missing
from practice_lms.canvas.lti.line_items import is_primary, known_item
from practice_lms.canvas.lti.paging import page
from practice_lms.canvas.lti.score_checks import Score, checked
from practice_lms.canvas.lti.substitution import subject
from practice_lms.current import hold_lock, lms
from practice_lms.lti import gradebook
from practice_lms.lti.answers import json_answer
from practice_lms.lti.vocabulary import CANVAS_SUBMISSION, MediaType, Scope
from practice_lms.state import Course, Grade, LineItem

PREFIX = "/api/lti/courses/<int:course_id>/line_items/<int:item_id>"
blueprint = hold_lock(Blueprint("canvas_scores", __name__, url_prefix=PREFIX))


@blueprint.post("/scores")
def post_score(course_id: int, item_id: int) -> Response:
    """Take a score: a new attempt, a grade or the end of one, and always a Result."""
    tool = authorised(Scope.SCORE)
    sent = request.get_json(force=True, silent=True)
    body = sent if isinstance(sent, dict) else {}
    course = open_course(course_id, body.get("userId"))
    item = known_item(tool, course_id, item_id)
    score = checked(course, item, body)
    grade = lms().grade(item.id, score.user_id)
    if is_primary(item):
        _submit(grade, score)
        _grade(item, grade, score)
    _keep_result(grade, score)
    gradebook.grade_changed(lms(), item, score.user_id)
    said = {CANVAS_SUBMISSION: {"content_items": []}, "resultUrl": _result_url(item, grade)}
    return json_answer(said, media_type=MediaType.SCORE)


def _submit(grade: Grade, score: Score) -> None:
    if score.submits:
        grade.attempts += 1
        grade.submitted_at = score.submitted_at


def _grade(item: LineItem, grade: Grade, score: Score) -> None:
    extension = score.extension
    if comment := score.body.get("comment"):
        grade.comments.append(comment)
    if extension.get("preserve_score") in (True, "true"):
        return
    if score.resets:
        grade.score = None
        return
    if extension.get("prioritize_non_tool_grade") in (True, "true") and grade.score is not None:
        return  # any grade that is there counts, the tool's own one too (submission_has_score?)
    given, maximum = (gradebook.as_number(score.body[name]) for name in ("scoreGiven", "scoreMaximum"))
    activity = lms().activities.get(item.activity_id or 0)
    if activity is not None and activity.pass_fail:
        given, maximum = float(given > 0), 1.0
    grade.score = given * item.score_maximum / maximum if maximum else given
    grade.overridden = False
    grade.writes += 1


def _keep_result(grade: Grade, score: Score) -> None:
    body = score.body
    grade.activity_progress, grade.grading_progress = body["activityProgress"], body["gradingProgress"]
    grade.result_score, grade.result_maximum = body.get("scoreGiven"), body.get("scoreMaximum")
    grade.updated_at = score.at


def _result_url(item: LineItem, grade: Grade) -> str:
    return f"{urls.line_item(lms(), item)}/results/{grade.user_id}"


@blueprint.get("/results")
def results(course_id: int, item_id: int) -> Response:
    """Return what tools sent, as it stands now; somebody who is no student has none."""
    tool = authorised(Scope.RESULT_READ)
    course = open_course(course_id)
    item = known_item(tool, course_id, item_id)
    found = [grade for grade in lms().grades.values() if grade.line_item_id == item.id and grade.grading_progress]
    if asked := request.args.get("user_id"):
        found = [grade for grade in found if grade.user_id == learner(course, asked)]
    shown, headers = page(found)
    said = [_result(course, item, grade) for grade in shown]
    return json_answer(said, media_type=MediaType.RESULTS, headers=headers)


@blueprint.get("/results/<int:user_id>")
def result(course_id: int, item_id: int, user_id: int) -> Response:
    """Return one result under the address that a score was answered with."""
    tool = authorised(Scope.RESULT_READ)
    course = open_course(course_id)
    item = known_item(tool, course_id, item_id)
    grade = lms().grades.get((item.id, user_id)) or missing()
    return json_answer(_result(course, item, grade), media_type="application/vnd.ims.lis.v2.result+json")


def _result(course: Course, item: LineItem, grade: Grade) -> dict[str, Any]:
    said = {
        "id": _result_url(item, grade),
        "userId": subject(lms().users[grade.user_id], course),
        "resultScore": _result_score(item, grade),
        "resultMaximum": grade.result_maximum,
        "comment": grade.comments[-1] if grade.comments else None,
        "scoreOf": urls.line_item(lms(), item),
    }
    return {name: value for name, value in said.items() if value is not None}


def _result_score(item: LineItem, grade: Grade) -> float | None:
    # A teacher's regrade shows through, on the scale that the tool used.
    if grade.overridden and grade.score is not None and item.score_maximum:
        return grade.score / item.score_maximum * (grade.result_maximum or item.score_maximum)
    return grade.result_score
