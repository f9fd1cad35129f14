"""What the worker does for grades: read completions, make scores of met goals, send them and read them back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from lti_tool.db import utc_now
from lti_tool.errors import LMSAccessError, LMSError, LMSUnavailableError, LMSWaitingError
from lti_tool.grades.operations import comparing, completions, scores, sending
from lti_tool.grades.operations.sending import Sending
from lti_tool.jobs import task, worker_resources
from lti_tool.lms.advantage import Advantage
from lti_tool.lms.http import StaleScoreError
from lti_tool.lms.rest import rest_side
from lti_tool.lms.tokens import AccessTokens
from lti_tool.outbox.delivery import Delivery, handles

LONGEST_PATIENCE = 2.0
CHANGED_BY_HAND = (
    "The LMS took the score, but its gradebook shows something else: somebody changed the grade there. "
    "Remove that change in the LMS, or send the score again."
)
NEWER_ENTRY = (
    "The gradebook holds a later entry that is not 1 of 1. Remove it in the LMS; the score is tried again every day."
)


@task("grades.read_due_courses")
def read_due_courses() -> int:
    """Queue the reads and comparisons of the courses whose turn it is, and place scores whose link has appeared."""
    database, _ = worker_resources()
    with database.transaction() as db:
        for course_id in scores.courses_to_place(db):
            scores.place_scores(db, course_id)
        now = utc_now()
        return completions.enqueue_due_reads(db, now) + comparing.enqueue_due_comparisons(db, now)


@handles("completions.read")
def read_completions(delivery: Delivery) -> None:
    """Ask the LMS who finished a course, and keep what it says."""
    course_id = int(delivery.message.payload["course_id"])
    with delivery.database.transaction() as db:
        plan = completions.plan_read(db, course_id, delivery.settings, delivery.database)
    if plan is None:
        return
    side = rest_side(plan.platform)
    try:
        if side is None:
            raise LMSAccessError(completions.NOT_CONNECTED)
        read = side.read_completions(plan.lms_course_id, tuple(plan.people))
    except LMSError as error:
        with delivery.database.transaction() as db:
            completions.note_unread(db, course_id, error.message)
            if isinstance(error, LMSAccessError):
                completions.note_access(db, plan.platform.id, error.message)
        raise
    with delivery.database.transaction() as db:
        if plan.people:
            completions.note_access(db, plan.platform.id, "")
        completions.record_read(db, course_id, plan, read)


@handles("goal.met")
def make_scores(delivery: Delivery) -> None:
    """Make one score for each line item that a met goal counts toward."""
    with delivery.database.transaction() as db:
        scores.owe_scores(db, int(delivery.message.payload["goal_id"]))


@handles("scores.compare")
def compare_scores(delivery: Delivery) -> None:
    """Read a course's gradebook back and put into the review what it no longer shows."""
    with delivery.database.transaction() as db:
        plan = comparing.plan_comparison(db, int(delivery.message.payload["course_id"]), delivery.settings)
    if plan is None:
        return
    advantage = Advantage(plan.platform, AccessTokens(delivery.database, delivery.settings.secret_key))
    for url, expected in plan.expected.items():
        full = {result.user_id for result in advantage.results(url) if result.is_full}
        shown = {score_id for user_id, score_id in expected.items() if user_id in full}
        with delivery.database.transaction() as db:
            comparing.note_differences(db, shown, expected.values())


@handles("score")
def deliver_score(delivery: Delivery) -> None:
    """Send a score once, and ask the LMS whether it is there."""
    score_id = int(delivery.message.payload["score_id"])
    with _trouble_noted(delivery, score_id):
        with delivery.database.transaction() as db:
            going = sending.begin_sending(db, score_id, delivery.settings)
        if going is not None:
            tokens = AccessTokens(delivery.database, delivery.settings.secret_key)
            _carry_out(delivery, score_id, going, Advantage(going.platform, tokens))


@contextmanager
def _trouble_noted(delivery: Delivery, score_id: int) -> Iterator[None]:
    try:
        yield
    except LMSError as error:
        with delivery.database.transaction() as db:
            sending.note_trouble(db, score_id, error)
        raise


def _carry_out(delivery: Delivery, score_id: int, going: Sending, advantage: Advantage) -> None:
    """Send what is not there yet: an answer that was lost does not mean that the score was."""
    if not (going.may_have_arrived and _shows_score(advantage, going)):
        if going.was_accepted:
            raise LMSWaitingError(CHANGED_BY_HAND)
        if _send(delivery, score_id, going, advantage):
            with delivery.database.transaction() as db:
                sending.note_sent(db, score_id)
        if not going.can_read_back:
            return
        if not _shows_score(advantage, going):
            raise LMSWaitingError(CHANGED_BY_HAND)
    with delivery.database.transaction() as db:
        sending.note_confirmed(db, score_id)


def _shows_score(advantage: Advantage, going: Sending) -> bool:
    if not going.can_read_back:
        return False
    return any(result.is_full for result in advantage.results(going.line_item_url, user_id=going.user_id))


def _send(delivery: Delivery, score_id: int, going: Sending, advantage: Advantage) -> bool:
    """Send the score; where the LMS holds a newer entry, read it and send once more, later than this very second.

    Return False when the newer entry is the score itself.
    """
    try:
        _send_at(advantage, going, going.timestamp)
    except StaleScoreError:
        if _shows_score(advantage, going):
            return False
        timestamp = max(going.timestamp, utc_now().replace(microsecond=0)) + sending.SECOND
        with delivery.database.transaction() as db:
            sending.note_timestamp(db, score_id, timestamp)
        try:
            _send_at(advantage, going, timestamp)
        except StaleScoreError as error:
            raise LMSWaitingError(NEWER_ENTRY, http_status=error.http_status) from error
    return True


def _send_at(advantage: Advantage, going: Sending, timestamp: datetime) -> None:
    """Send with this time, never before it has come: a time in the future would block every later score."""
    ahead = (timestamp - utc_now()).total_seconds()
    if ahead > LONGEST_PATIENCE:
        raise LMSUnavailableError("The clock of this machine was set back. The score is sent when it has caught up.")
    time.sleep(max(ahead, 0.0))
    advantage.send_score(
        going.line_item_url,
        user_id=going.user_id,
        timestamp=timestamp,
        achieved_at=going.achieved_at,
        is_first=not going.may_have_arrived,
    )
