"""The district's review: did every completion arrive, and what needs somebody."""

from __future__ import annotations

import csv
import io

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.db import row_id, utc_now
from lti_tool.grades.cures import cure_for
from lti_tool.grades.models import Score, ScoreState
from lti_tool.grades.needs import NeedKind, needs_of
from lti_tool.grades.operations import completions, scores
from lti_tool.grades.queries import all_scores_of, count_by_day, count_by_state, readings_of, scores_of, story_of
from lti_tool.grades.timeline import timeline
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.outbox.operations import send_again as send_message
from lti_tool.outbox.queries import message_of
from lti_tool.people.operations import record_audit

bp = Blueprint("sync", __name__)

EXPORTED = (
    "score",
    "person",
    "name",
    "course",
    "course_title",
    "state",
    "achieved",
    "sent",
    "confirmed",
    "what_the_lms_said",
)


@bp.get("/")
@guard(Right.ADMINISTRATOR)
def show_sync(acting: Acting) -> ResponseReturnValue:
    """Show the four numbers, the last two weeks, and what needs somebody."""
    needs = needs_of(acting.db, acting.person)
    readings, next_after = readings_of(acting.db, acting.person, after=request.args.get("after", 0, row_id))
    return render_template(
        "sync/overview.html",
        counts=count_by_state(acting.db, acting.person),
        days=count_by_day(acting.db, acting.person, utc_now().date()),
        needs=needs,
        needed=sum(need.count for need in needs),
        readings=readings,
        next_after=next_after,
        cure_for=cure_for,
        Kind=NeedKind,
        State=ScoreState,
    )


@bp.get("/scores")
@guard(Right.ADMINISTRATOR)
def show_scores(acting: Acting) -> ResponseReturnValue:
    """List the scores, the newest first."""
    state = next((each for each in ScoreState if each.value == request.args.get("state")), None)
    course_id = request.args.get("course_id", None, row_id)
    page = scores_of(
        acting.db, acting.person, state=state, course_id=course_id, before=request.args.get("before", None, row_id)
    )
    return render_template("sync/scores.html", page=page, state=state, course_id=course_id, State=ScoreState)


@bp.get("/scores/<int:score_id>")
@guard(Right.ADMINISTRATOR)
def show_score(acting: Acting, score_id: int) -> ResponseReturnValue:
    """Tell one score's story."""
    story = story_of(acting.db, acting.person, score_id)
    cure = cure_for(story.score.cause)
    return render_template("sync/score.html", story=story, events=timeline(story), cure=cure, State=ScoreState)


@bp.post("/scores/<int:score_id>/send")
@guard(Right.ADMINISTRATOR)
def send_again(acting: Acting, score_id: int) -> ResponseReturnValue:
    """Send a score again, after asking the LMS whether it has it."""
    scores.send_score_again(acting.db, acting.person, score_id)
    return redirect(url_for("sync.show_score", score_id=score_id, notice="score_queued"), 303)


@bp.post("/messages/<int:message_id>/send")
@guard(Right.ADMINISTRATOR)
def send_message_again(acting: Acting, message_id: int) -> ResponseReturnValue:
    """Try what waits, other than a score, now."""
    message = message_of(acting.db, acting.person.district_id, message_id)
    send_message(acting.db, message.id)
    record_audit(acting.db, acting.person, "message_sent_again", "message", message.id, kind=message.kind)
    return redirect(url_for("sync.show_sync", notice="message_queued"), 303)


@bp.post("/courses/<int:course_id>/read")
@guard(Right.ADMINISTRATOR)
def read_completions(acting: Acting, course_id: int) -> ResponseReturnValue:
    """Ask the LMS now who finished a course."""
    completions.ask_lms_now(acting.db, acting.person, course_id)
    return redirect(url_for("sync.show_sync", notice="lms_asked"), 303)


@bp.post("/courses/<int:course_id>/accept")
@guard(Right.ADMINISTRATOR)
def accept_completions(acting: Acting, course_id: int) -> ResponseReturnValue:
    """Let completions count that were held because so many came at once."""
    completions.accept_held(acting.db, acting.person, course_id)
    return redirect(url_for("sync.show_sync", notice="completions_accepted"), 303)


@bp.get("/scores.csv")
@guard(Right.ADMINISTRATOR)
def export_scores(acting: Acting) -> ResponseReturnValue:
    """Download all scores of the district with their states."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(EXPORTED)
    writer.writerows(_row(score) for score in all_scores_of(acting.db, acting.person))
    headers = {"Content-Disposition": 'attachment; filename="scores.csv"', "Cache-Control": "no-store"}
    return Response(text.getvalue(), mimetype="text/csv", headers=headers)


def _row(score: Score) -> list[str]:
    moments = (score.achieved_at, score.sent_at, score.confirmed_at)
    times = [moment.isoformat(timespec="seconds") if moment else "" for moment in moments]
    words = (score.person.name, str(score.course_id), score.course.title, score.state.value)
    return [str(score.id), str(score.person_id), *map(_inert, words), *times, _inert(score.outcome)]


def _inert(value: str) -> str:
    """Keep a spreadsheet from running a value as a formula."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
