"""What Canvas looks at before it takes a score, in its order (app/controllers/lti/ims/scores_controller.rb)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from practice_lms.canvas.lti.access import learner
from practice_lms.canvas.lti.errors import bad_request, refuse, unprocessable
from practice_lms.current import lms
from practice_lms.lti import gradebook
from practice_lms.lti.vocabulary import CANVAS_SUBMISSION
from practice_lms.state import Course, Grade, LineItem

REQUIRED = ("userId", "activityProgress", "gradingProgress", "timestamp")
GRADED = frozenset({"FullyGraded", "PendingManual"})
SUBMITS = frozenset({"Submitted", "Completed"})
ACTIVITY_WORDS = frozenset({"Initialized", "Started", "InProgress", "Submitted", "Completed"})
GRADING_WORDS = frozenset({"NotReady", "Failed", "Pending", "PendingManual", "FullyGraded"})
FUTURE_BUFFER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Score:
    """A score that passed all checks."""

    body: dict[str, Any]
    user_id: int
    at: datetime
    submitted_at: datetime

    @property
    def extension(self) -> dict[str, Any]:
        return extension(self.body)

    @property
    def resets(self) -> bool:
        return resets(self.body)

    @property
    def submits(self) -> bool:
        return submits(self.body)


def extension(body: dict[str, Any]) -> dict[str, Any]:
    """Return Canvas's own part of a score."""
    found = body.get(CANVAS_SUBMISSION)
    return found if isinstance(found, dict) else {}


def resets(body: dict[str, Any]) -> bool:
    """Return whether a score takes the grade away instead of setting one."""
    return body.get("gradingProgress") not in GRADED or body.get("scoreGiven") is None


def submits(body: dict[str, Any]) -> bool:
    """Return whether a score is a new attempt: it is, unless it says otherwise."""
    said = extension(body)
    wanted = said.get("new_submission", True) not in (False, "false") and said.get("submission_type") != "none"
    return wanted and body.get("activityProgress") in SUBMITS


def checked(course: Course, item: LineItem, body: dict[str, Any]) -> Score:
    """Return the score, or end the request with the first thing that is wrong with it."""
    if body.get("resourceLinkId") not in (None, gradebook.link_of(lms(), item)):
        refuse(412, "precondition_failed", "The specified LTI link ID is not associated with the line item.")
    user_id = learner(course, body.get("userId"))
    if user_id is None:
        unprocessable("User not found in course or is not a student")
    for name in REQUIRED:
        if body.get(name) in (None, ""):
            bad_request(f"param is missing or the value is empty: {name}")
    _check_published(item)
    _check_words(body)
    grade = lms().grade(item.id, user_id)
    at = _checked_time(body, grade)
    if not resets(body):
        _check_numbers(item, body)
    submitted_at = _submitted_at(body) or at
    _check_submission(item, body, grade, submitted_at)
    return Score(body, user_id, at, submitted_at)


def _check_published(item: LineItem) -> None:
    activity = lms().activities.get(item.activity_id or 0)
    if not item.published or (activity is not None and not activity.published):
        unprocessable("This assignment is still unpublished")


def _check_words(body: dict[str, Any]) -> None:
    # The Result's own validation (lti/result.rb); which 4xx Canvas gives here was not seen.
    for name, words in (("activityProgress", ACTIVITY_WORDS), ("gradingProgress", GRADING_WORDS)):
        if body[name] not in words:
            bad_request(f"Validation failed: {name} is not included in the list")


def _checked_time(body: dict[str, Any], grade: Grade) -> datetime:
    # No upper bound: a time in the future is kept, and holds up every later score until then.
    at = gradebook.parsed_time(body["timestamp"])
    if at is None:
        bad_request(f"Provided timestamp of {body['timestamp']} not a valid timestamp")
    if grade.updated_at is not None and grade.updated_at > at:
        stored = grade.updated_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        bad_request(f"Provided timestamp of {body['timestamp']} before last updated timestamp of {stored}")
    return at


def _check_numbers(item: LineItem, body: dict[str, Any]) -> None:
    if body.get("scoreMaximum") is None:
        unprocessable("ScoreMaximum not supplied when ScoreGiven present.")
    maximum, given = gradebook.as_number(body["scoreMaximum"]), gradebook.as_number(body["scoreGiven"])
    if maximum < 0:
        unprocessable("ScoreMaximum must be greater than or equal to 0")
    if maximum == 0 and item.score_maximum != 0:
        unprocessable("ScoreMaximum cannot be zero if line item's maximum is not zero")
    if given < 0:
        unprocessable("ScoreGiven must be greater than or equal to 0")


def _submitted_at(body: dict[str, Any]) -> datetime | None:
    text = (body.get("submission") or {}).get("submittedAt") or extension(body).get("submitted_at")
    if not text:
        return None
    found = gradebook.parsed_time(text)
    if found is None:
        bad_request(f"Provided submitted_at timestamp of {text} not a valid timestamp")
    if found > lms().clock() + FUTURE_BUFFER:
        bad_request(f"Provided submitted_at timestamp of {text} in the future")
    return found


def _check_submission(item: LineItem, body: dict[str, Any], grade: Grade, submitted_at: datetime) -> None:
    said, activity = extension(body), lms().activities.get(item.activity_id or 0)
    if said.get("submission_type") == "online_upload" and not said.get("content_items"):
        unprocessable("Content items must be provided with submission type 'online_upload'")
    allowed = activity.allowed_attempts if activity else None
    if allowed is not None and submits(body) and grade.attempts >= allowed and submitted_at != grade.submitted_at:
        unprocessable("The maximum number of allowed attempts has been reached for this submission")
