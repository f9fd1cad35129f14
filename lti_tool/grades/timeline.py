"""The story of a completion and its scores, told in order: what was noticed, counted, sent, answered and confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flask_babel import format_date, gettext, lazy_gettext

from lti_tool.grades.models import (
    CompletionSource,
    CompletionStep,
    CompletionTurn,
    Score,
    ScoreKind,
    ScoreState,
    ScoreStep,
    ScoreTurn,
)
from lti_tool.grades.queries.stories import ScoreStory, Story
from lti_tool.launch.locale import translated
from lti_tool.outbox.models import DeliveryAttempt, MessageState

DECISIONS = {
    "score_sent_again": lazy_gettext("An administrator had the score sent again."),
    "score_left": lazy_gettext("An administrator left it as it is in the gradebook."),
}

NOTICED = {
    CompletionSource.MOODLE: lazy_gettext("{lms} reported the course complete."),
    CompletionSource.CANVAS: lazy_gettext("{lms} reported the course complete."),
    CompletionSource.LINE_ITEM: lazy_gettext("The result of the chosen line item in {lms} said that it is complete."),
    CompletionSource.CHECKPOINT: lazy_gettext("The course's checkpoint was opened in {lms}."),
    CompletionSource.FILE: lazy_gettext("An administrator's file said that the course is complete."),
}
DECIDED = {
    CompletionTurn.HELD: lazy_gettext("Held until an administrator decides: it does not count yet."),
    CompletionTurn.ACCEPTED: lazy_gettext("An administrator accepted it: it counts."),
    CompletionTurn.LEFT_OUT: lazy_gettext("An administrator left it out: it does not count."),
    CompletionTurn.RECALLED: lazy_gettext("{lms} took it back along with many others."),
    CompletionTurn.KEPT: lazy_gettext("An administrator let it count all the same."),
    CompletionTurn.WITHDRAWN: lazy_gettext("{lms} took the completion back. The score stays as it is."),
}
SAID = {
    ScoreTurn.TAKEN: lazy_gettext("{lms} accepted the score: 1 of 1, completed."),
    ScoreTurn.SHOWN: lazy_gettext("Read back from the gradebook: 1 of 1. Confirmed."),
    ScoreTurn.DIFFERED: lazy_gettext("The gradebook was compared, and showed something else."),
    ScoreTurn.GONE: lazy_gettext("The gradebook was compared, and the line item was gone."),
}
GOOD = {CompletionTurn.ACCEPTED, CompletionTurn.KEPT, ScoreTurn.TAKEN, ScoreTurn.SHOWN}
FOR_PEOPLE = {"waiting", "differs", "rejected", "access_lost"}


@dataclass(frozen=True, slots=True)
class Event:
    """One step; `kind` is ok, wait or attention; `at` is empty for what is still to come."""

    at: datetime | None
    words: str
    kind: str = "ok"
    detail: str = ""


def timeline(story: Story) -> list[Event]:
    """Return the steps of a completion and its scores, the oldest first, and last what is awaited."""
    past = sorted(_past(story), key=_moment)
    return [*past, *(event for told in story.scores for event in _ahead(story, told))]


def _moment(event: Event) -> datetime:
    assert event.at is not None  # noqa: S101 - only events of the past are sorted
    return event.at


def _past(story: Story) -> Iterator[Event]:
    lms = story.registration.name or gettext("The LMS")
    kinds = {told.score.kind for told in story.scores}
    if story.completion is not None and kinds != {ScoreKind.TEAM}:
        yield from (_happened(step, lms) for step in story.steps)
    for told in story.scores:
        yield _achieved(story, told.score)
        yield from _decided(told)
        yield from _delivered(told, lms)


def _happened(step: CompletionStep, lms: str) -> Event:
    """Return how a completion came in, or what was decided about it."""
    if step.turn is CompletionTurn.NOTICED and step.source is not None:
        return Event(step.at, str(NOTICED[step.source]).format(lms=lms), detail=_reported_time(step.completed_at))
    return Event(step.at, str(DECIDED[step.turn]).format(lms=lms), _kind_of(step.turn))


def _kind_of(turn: CompletionTurn | ScoreTurn) -> str:
    return "ok" if turn in GOOD else "attention"


def _decided(told: ScoreStory) -> Iterator[Event]:
    yield from (Event(event.at, str(DECISIONS[event.action]), "wait") for event in told.decisions)
    if told.resend is not None:
        yield Event(told.resend.created_at, gettext("An administrator had it sent again along with others."), "wait")


def _delivered(told: ScoreStory, lms: str) -> Iterator[Event]:
    """Yield each try to send the score and to read it back, and what the LMS said."""
    for message in told.messages:
        yield Event(message.created_at, gettext("The score was queued."), "wait")
        yield from (_attempt(attempt, lms) for attempt in told.attempts.get(message.id, []))
    yield from (_reading(reading) for reading in told.readings)
    yield from (_said(step, lms) for step in told.steps)


def _said(step: ScoreStep, lms: str) -> Event:
    """Return what the LMS said of a score, and what else its gradebook showed."""
    shown = "" if step.shown is None else step.shown or gettext("Nothing was there.")
    return Event(step.at, str(SAID[step.turn]).format(lms=lms), _kind_of(step.turn), shown)


def _achieved(story: Story, score: Score) -> Event:
    """Return what a score stands for."""
    if score.kind is ScoreKind.TEAM:
        return Event(score.achieved_at, gettext("The person's team kept a cycle: all its members get this entry."))
    goals = ", ".join(str(goal_id) for goal_id in story.goal_ids)
    detail = gettext("Counted toward: goal %(goals)s.", goals=goals) if goals else ""
    return Event(score.achieved_at, gettext("A goal that counts the course was met by its owner."), detail=detail)


def _reported_time(completed_at: datetime | None) -> str:
    if completed_at is None:
        return str(gettext("The LMS gives no time for it."))
    return str(gettext("Completed there on %(day)s.", day=format_date(completed_at, "medium")))


def _attempt(attempt: DeliveryAttempt, lms: str) -> Event:
    status = gettext(" (status %(status)s)", status=attempt.http_status) if attempt.http_status else ""
    if attempt.outcome == "delivered":
        return Event(attempt.at, gettext("The delivery was finished%(status)s.", status=status))
    words = gettext(
        "%(lms)s did not take it%(status)s: %(why)s", lms=lms, status=status, why=translated(attempt.detail)
    )
    return Event(
        attempt.at,
        words,
        "attention" if attempt.outcome in FOR_PEOPLE else "wait",
    )


def _reading(reading: DeliveryAttempt) -> Event:
    if reading.outcome == "delivered":
        return Event(reading.at, gettext("The gradebook was read back; it did not show the score yet."), "wait")
    words = gettext("Reading the gradebook back: %(why)s", why=translated(reading.detail))
    return Event(reading.at, words, "attention" if reading.outcome in FOR_PEOPLE else "wait")


def _ahead(story: Story, told: ScoreStory) -> Iterator[Event]:
    score = told.score
    if score.resource_link is None and score.state is not ScoreState.LEFT:
        yield Event(None, gettext("Waits for a place in the course's gradebook."), "attention")
    elif score.state is ScoreState.WAITING:
        yield Event(None, gettext("Is sent as soon as the worker comes to it."), "wait")
    elif score.state is ScoreState.SENT and story.course.gradebook_closed_at is not None:
        yield Event(None, gettext("Is not confirmed: the course has ended, and the LMS tells nothing of it."), "wait")
    elif score.state is ScoreState.SENT and story.can_read_back:
        yield Event(None, gettext("Is read back from the gradebook as soon as the worker comes to it."), "wait")
    elif score.state is ScoreState.SENT:
        yield Event(None, gettext("Is not confirmed: the LMS does not let the tool read its gradebook back."), "wait")
    last = told.messages[-1] if told.messages else None
    if last is not None and last.state in (MessageState.WAITING, MessageState.DUE) and last.attempts:
        yield Event(last.due_at, gettext("Is tried again."), "wait")
