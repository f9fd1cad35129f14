"""The district's review: did every completion arrive, and what needs somebody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from lti_tool.db import row_id, utc_now
from lti_tool.grades.cures import CAUSES, cure_for
from lti_tool.grades.models import AlertSettings, HeldWhy, Score, ScoreState
from lti_tool.grades.needs import MOST, NeedKind, needs_of
from lti_tool.grades.operations import alerts, asking, completions, scores
from lti_tool.grades.operations.holding import Decision
from lti_tool.grades.queries.courses import MOST_HELD, course_of, held_of, readings_of
from lti_tool.grades.queries.scores import all_scores_of, count_by_day, scores_of
from lti_tool.grades.queries.standings import ScoreStanding, lmss_of, standings_of
from lti_tool.grades.queries.stories import story_of_score
from lti_tool.grades.schemas import AlertsForm, DecisionForm, chosen_scores
from lti_tool.grades.timeline import timeline
from lti_tool.grades.views.blueprint import bp
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.launch.downloads import table_download
from lti_tool.outbox.operations import send_again as send_message
from lti_tool.outbox.queries import message_of
from lti_tool.people.operations import record_audit
from lti_tool.people.tables import csv_text
from lti_tool.standards.schemas import load_form

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
    shown, lms_id = request.args.get("shown", MOST, row_id), request.args.get("lms", None, row_id)
    readings, next_after = readings_of(
        acting.db, acting.person, registration_id=lms_id, after=request.args.get("after", 0, row_id)
    )
    standings = standings_of(acting.db, acting.person)
    return render_template(
        "sync/overview.html",
        counts=standings.whole.counts,
        days=count_by_day(acting.db, acting.person, utc_now().date()),
        needs=needs_of(acting.db, acting.person, shown),
        more_shown=shown + MOST,
        lmss=standings.by_lms,
        lms_id=lms_id,
        readings=readings,
        standings=standings.by_course,
        none_yet=ScoreStanding(),
        next_after=next_after,
        cure_for=cure_for,
        Kind=NeedKind,
        State=ScoreState,
    )


@bp.get("/scores")
@guard(Right.ADMINISTRATOR)
def show_scores(acting: Acting) -> ResponseReturnValue:
    """List the scores that are chosen, the newest first."""
    chosen = chosen_scores(request.args)
    return render_template(
        "sync/scores.html",
        page=scores_of(acting.db, acting.person, chosen, before=request.args.get("before", None, row_id)),
        chosen=chosen,
        address=chosen.as_address(),
        course=course_of(acting.db, acting.person, chosen.course_id) if chosen.course_id else None,
        lmss=lmss_of(acting.db, acting.person),
        causes=CAUSES,
        State=ScoreState,
    )


@bp.get("/scores/<int:score_id>")
@guard(Right.ADMINISTRATOR)
def show_score(acting: Acting, score_id: int) -> ResponseReturnValue:
    """Tell one score's story."""
    story = story_of_score(acting.db, acting.person, score_id)
    score = story.scores[0].score
    return render_template(
        "sync/score.html",
        story=story,
        score=score,
        events=timeline(story),
        cure=cure_for(score.cause),
        State=ScoreState,
    )


@bp.post("/scores/<int:score_id>/send")
@guard(Right.ADMINISTRATOR)
def send_again(acting: Acting, score_id: int) -> ResponseReturnValue:
    """Send a score again, after asking the LMS whether it has it."""
    scores.send_score_again(acting.db, acting.person, score_id)
    return redirect(url_for("sync.show_score", score_id=score_id, notice="score_queued"), 303)


@bp.post("/scores/<int:score_id>/leave")
@guard(Right.ADMINISTRATOR)
def leave_score(acting: Acting, score_id: int) -> ResponseReturnValue:
    """Leave what the gradebook shows in place of a score as it is."""
    scores.leave_score(acting.db, acting.person, score_id)
    return redirect(url_for("sync.show_score", score_id=score_id, notice="score_left"), 303)


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
    brings = asking.ask_lms_now(acting.db, acting.person, course_id)
    return redirect(url_for("sync.show_sync", notice=f"lms_{brings}"), 303)


@bp.get("/courses/<int:course_id>/held")
@guard(Right.ADMINISTRATOR)
def show_held(acting: Acting, course_id: int) -> ResponseReturnValue:
    """Show whose completions of a course are held or were taken back, and since when."""
    course = course_of(acting.db, acting.person, course_id)
    found = held_of(acting.db, course)
    are_more = len(found) > MOST_HELD
    return render_template(
        "sync/held.html", course=course, found=found[:MOST_HELD], are_more=are_more, Decision=Decision, Why=HeldWhy
    )


@bp.post("/courses/<int:course_id>/held")
@guard(Right.ADMINISTRATOR)
def decide_held(acting: Acting, course_id: int) -> ResponseReturnValue:
    """Do what was decided about one completion, or about all that ask for it."""
    course_of(acting.db, acting.person, course_id)
    given = load_form(DecisionForm(), request.form)
    completions.decide_held(acting.db, acting.person, course_id, given["decision"], given["completion_id"])
    return redirect(url_for("sync.show_held", course_id=course_id, notice="completions_decided"), 303)


@bp.get("/scores.csv")
@guard(Right.ADMINISTRATOR)
def export_scores(acting: Acting) -> ResponseReturnValue:
    """Download the scores that are chosen with their states."""
    text = csv_text(
        EXPORTED, (_row(score) for score in all_scores_of(acting.db, acting.person, chosen_scores(request.args)))
    )
    return table_download(text, "scores.csv")


@bp.get("/alerts")
@guard(Right.ADMINISTRATOR)
def show_alerts(acting: Acting) -> ResponseReturnValue:
    """Show who is told when scores do not arrive."""
    saved = acting.db.get(AlertSettings, acting.person.district_id)
    given = {"emails": "\n".join(saved.emails), "hook_url": saved.hook_url} if saved else {}
    return _alerts_page(given, {}, can_test=bool(saved and saved.channels))


@bp.post("/alerts")
@guard(Right.ADMINISTRATOR)
def save_alerts(acting: Acting) -> ResponseReturnValue:
    """Keep who is told."""
    try:
        wanted = AlertsForm().load(request.form.to_dict())
    except ValidationError as error:
        return _alerts_page(request.form, dict(error.messages_dict), can_test=False), 422
    alerts.save_alerts(acting.db, acting.person, wanted["emails"], wanted["hook_url"], acting.launch.locale)
    return redirect(url_for("sync.show_alerts", notice="alerts_saved"), 303)


@bp.post("/alerts/test")
@guard(Right.ADMINISTRATOR)
def test_alerts(acting: Acting) -> ResponseReturnValue:
    """Send a test to everybody who is told."""
    alerts.send_test(acting.db, acting.person)
    return redirect(url_for("sync.show_alerts", notice="alert_tested"), 303)


def _alerts_page(given: Mapping[str, str], errors: Mapping[str, Any], *, can_test: bool) -> str:
    sends_mail = bool(current_app.extensions["settings"].smtp_url)
    return render_template("sync/alerts.html", given=given, errors=errors, can_test=can_test, sends_mail=sends_mail)


def _row(score: Score) -> list[str]:
    moments = (score.achieved_at, score.sent_at, score.confirmed_at)
    times = [moment.isoformat(timespec="seconds") if moment else "" for moment in moments]
    words = (score.person.name, str(score.course_id), score.course.title, score.state.value)
    return [str(score.id), str(score.person_id), *words, *times, score.outcome]
