"""What the worker does for grades: read completions, make scores of met goals, compare them with the gradebook."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy.orm import Session

import lti_tool.grades.alerting  # noqa: F401 - it registers what it delivers
from lti_tool.db import Database, utc_now
from lti_tool.errors import LMSAccessError, LMSRejectedError, LMSWaitingError
from lti_tool.grades.delivering import NOT_THERE
from lti_tool.grades.operations import (
    alerts,
    asking,
    comparing,
    completions,
    forgetting,
    line_items,
    reminders,
    requirements,
    resending,
    scores,
)
from lti_tool.grades.operations.asking import CoursePlan, ReadPlan
from lti_tool.grades.operations.comparing import Comparison
from lti_tool.jobs import stopping, task, worker_resources
from lti_tool.launch.models import Family
from lti_tool.launch.operations.connections import note_lacking
from lti_tool.lms.advantage import Advantage, Result
from lti_tool.lms.canvas_errors import NotConsentedError
from lti_tool.lms.canvas_oauth import MODULES, SCOPES
from lti_tool.lms.http import CourseConcludedError
from lti_tool.lms.line_items import find_or_make
from lti_tool.lms.rest import CompletionRead, CompletionReads, CompletionSide, rest_side
from lti_tool.lms.results import ResultsSide
from lti_tool.lms.tokens import AccessTokens
from lti_tool.outbox.handlers import Delivery, handles

logger = logging.getLogger(__name__)


@task("grades.read_due_courses")
def read_due_courses() -> int:
    """Queue the reads and comparisons of the courses whose turn it is, and place scores whose link has appeared."""
    database, _ = worker_resources()
    _place_scores(database)
    with database.transaction() as db:
        line_items.enqueue_line_items(db, utc_now())
        requirements.enqueue_due_checks(db, utc_now())
    with database.transaction() as db:
        reads = asking.enqueue_due_reads(db, utc_now())
    with database.transaction() as db:
        return reads + comparing.enqueue_due_comparisons(db, utc_now())


def _place_scores(database: Database) -> None:
    """Place what is owed course by course: one at which the tool fails does not keep the others waiting."""
    with database.reading() as db:
        course_ids = scores.courses_to_place(db)
    for course_id in course_ids:
        try:
            with database.transaction() as db:
                scores.place_scores(db, course_id)
        except Exception:
            logger.exception("the scores of course %s could not be placed", course_id)


@task("grades.raise_alerts")
def raise_alerts() -> int:
    """Queue the alerts that districts asked for, and the reminders that educators asked for."""
    database, _ = worker_resources()
    with database.transaction() as db:
        reminders.raise_reminders(db, utc_now())
    with database.transaction() as db:
        return alerts.raise_alerts(db, utc_now())


@task("grades.forget_old_messages")
def forget_old_messages() -> int:
    """Delete what was done long ago and is no proof of anything any more, a little in each transaction."""
    database, _ = worker_resources()
    forgotten = 0
    while True:
        with database.transaction() as db:
            some = forgetting.forget_old_messages(db, utc_now())
        forgotten += some
        if not some or stopping.is_set():
            return forgotten


@handles("completions.read")
def read_completions(delivery: Delivery) -> None:
    """Ask the LMS who finished a course, or several, and keep what it says, all that came before some trouble too."""
    payload = delivery.message.payload
    course_ids = payload.get("course_ids") or [payload["course_id"]]
    with delivery.database.transaction() as db:
        plan = asking.plan_read(db, course_ids, delivery.settings, delivery.database)
    if plan is None:
        return
    reads = _ask(plan, delivery)
    for each in plan.courses:
        with delivery.database.transaction() as db:
            _keep(db, each, reads)
    with delivery.database.transaction() as db:
        _note_access(db, plan, reads)
    if reads.trouble is not None:
        raise reads.trouble


def _note_access(db: Session, plan: ReadPlan, reads: CompletionReads) -> None:
    if plan.mark is not None:
        return  # the Advantage services were asked, and need no access of their own
    if isinstance(reads.trouble, LMSAccessError):
        asking.note_access(db, plan.platform.id, reads.trouble.message)
    elif reads.trouble is None and any(each.people for each in plan.courses):
        asking.note_access(db, plan.platform.id, "")


def _ask(plan: ReadPlan, delivery: Delivery) -> CompletionReads:
    """Return what the LMS says; no transaction is open meanwhile."""
    side: CompletionSide | None = rest_side(plan.platform)
    if plan.mark is not None:
        tokens = AccessTokens(delivery.database, delivery.settings.secret_key)
        side = ResultsSide(plan.platform, tokens, plan.mark)
    if side is None and plan.platform.family == Family.OTHER:
        untold = CompletionRead(why_not_trackable=asking.NOT_TOLD)
        return CompletionReads({each.question.course_id: untold for each in plan.courses})
    if side is None:
        return CompletionReads({}, trouble=LMSAccessError(asking.NOT_CONNECTED))
    return side.read_completions([each.question for each in plan.courses])


def _keep(db: Session, course: CoursePlan, reads: CompletionReads) -> None:
    read = reads.courses.get(course.question.course_id)
    if read is not None:
        completions.record_read(db, course, read, reads.trouble)
    if course.question.course_id in reads.gone:
        asking.note_gone(db, course.course_id)
    elif reads.trouble is not None:
        asking.note_unread(db, course.course_id, reads.trouble.message)


@handles("requirements.read")
def read_requirements(delivery: Delivery) -> None:
    """Ask the LMS whether a course requires the tool's own link; where it does not show that, nothing is known."""
    course_id = int(delivery.message.payload["course_id"])
    with delivery.database.transaction() as db:
        plan = requirements.plan_check(db, course_id, delivery.settings, delivery.database)
    side = rest_side(plan.platform) if plan else None
    if plan is None or side is None:
        return
    try:
        required = side.required_activities(plan.lms_course_id, plan.user_ids)
    except (LMSRejectedError, LMSWaitingError) as error:
        if isinstance(error, NotConsentedError):
            with delivery.database.transaction() as db:
                note_lacking(db, plan.platform.id, MODULES, SCOPES)
        return
    if required is not None:
        with delivery.database.transaction() as db:
            requirements.note_requirements(db, course_id, required)


@handles("course.checkpoint")
def note_checkpoint(delivery: Delivery) -> None:
    """Take in that a learner opened a course's checkpoint."""
    course_id, person_id = int(delivery.message.payload["course_id"]), int(delivery.message.payload["person_id"])
    opened_at = datetime.fromisoformat(delivery.message.payload["opened_at"])
    with delivery.database.transaction() as db:
        completions.record_checkpoint(db, course_id, person_id, opened_at)


@handles("learning.taken_up")
def tell_of_completion(delivery: Delivery) -> None:
    """Tell whoever takes a course up of its completion, where that is known already."""
    course_id, person_id = int(delivery.message.payload["course_id"]), int(delivery.message.payload["person_id"])
    with delivery.database.transaction() as db:
        completions.tell_again(db, course_id, person_id)


@handles("goal.met")
def make_scores(delivery: Delivery) -> None:
    """Make one score for each line item that a met goal counts toward."""
    with delivery.database.transaction() as db:
        scores.owe_scores(db, int(delivery.message.payload["goal_id"]))


@handles("team.kept")
def make_team_scores(delivery: Delivery) -> None:
    """Make the scores of all members of a team that kept a cycle."""
    payload = delivery.message.payload
    kept_at = datetime.fromisoformat(payload["kept_at"])
    with delivery.database.transaction() as db:
        scores.owe_team_scores(db, int(payload["course_id"]), payload["person_ids"], kept_at)


@handles("line_item.make")
def make_line_item(delivery: Delivery) -> None:
    """Find or make the line item of a link, or that whose results say who finished a course.

    In place of one that is said to be gone it is made if that is so.
    """
    payload, settings = delivery.message.payload, delivery.settings
    gone_url = str(payload.get("gone_url", ""))
    with delivery.database.transaction() as db:
        if "link_id" in payload:
            plan = line_items.plan_for_link(db, int(payload["link_id"]), settings, gone_url)
        else:
            plan = line_items.plan_for_finishing(db, int(payload["course_id"]), settings)
    if plan is None:
        return
    advantage = Advantage(plan.platform, AccessTokens(delivery.database, settings.secret_key))
    if gone_url and _is_there(advantage, gone_url):
        return
    item = find_or_make(advantage, plan.spec)
    with delivery.database.transaction() as db:
        if "link_id" in payload:
            line_items.keep_for_link(db, int(payload["link_id"]), item, gone_url)
        else:
            line_items.keep_for_finishing(db, int(payload["course_id"]), int(payload["actor_id"]), item)


def _is_there(advantage: Advantage, url: str) -> bool:
    try:
        advantage.line_item(url)
    except LMSWaitingError as error:
        if error.http_status != NOT_THERE:
            raise
        return False
    return True


@handles("scores.resend")
def resend_scores(delivery: Delivery) -> None:
    """Queue some of the scores that an administrator sends again together."""
    with delivery.database.transaction() as db:
        resending.resend_some(db, int(delivery.message.payload["resend_id"]))


@handles("scores.compare")
def compare_scores(delivery: Delivery) -> None:
    """Read a course's gradebook back and put into the review what it no longer shows."""
    with delivery.database.transaction() as db:
        plan = comparing.plan_comparison(db, int(delivery.message.payload["course_id"]), delivery.settings)
    if plan is None:
        return
    advantage = Advantage(plan.platform, AccessTokens(delivery.database, delivery.settings.secret_key))
    try:
        results = [each for url in plan.expected for each in _compare(delivery, plan, advantage, url)]
    except CourseConcludedError:
        with delivery.database.transaction() as db:
            comparing.note_concluded(db, plan.course_id)
        return
    with delivery.database.transaction() as db:
        comparing.note_strays(db, plan.course_id, results)


def _compare(delivery: Delivery, plan: Comparison, advantage: Advantage, url: str) -> list[Result]:
    """Compare one line item, and return what it shows; one that is gone is said of its scores, and shows nothing."""
    expected = plan.expected[url]
    try:
        results = advantage.results(url)
    except LMSWaitingError as error:
        if error.http_status != NOT_THERE:
            raise
        with delivery.database.transaction() as db:
            comparing.note_item_gone(db, url, list(expected.values()), error.message)
        return []
    with delivery.database.transaction() as db:
        comparing.note_shown(db, expected, results)
    return results
