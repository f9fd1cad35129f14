"""One score's story, told in order: what was noticed, counted, sent, answered and confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flask_babel import format_date, gettext

from lti_tool.grades.models import ScoreState
from lti_tool.grades.queries import Story
from lti_tool.outbox.models import DeliveryAttempt, MessageState


@dataclass(frozen=True, slots=True)
class Event:
    """One step; `kind` is ok, wait or attention; `at` is empty for what is still to come."""

    at: datetime | None
    words: str
    kind: str = "ok"
    detail: str = ""


def timeline(story: Story) -> list[Event]:
    """Return the steps of a score, the oldest first, and last what is awaited."""
    past = sorted(_past(story), key=_moment)
    return [*past, *_ahead(story)]


def _moment(event: Event) -> datetime:
    assert event.at is not None  # noqa: S101 - only events of the past are sorted
    return event.at


def _past(story: Story) -> Iterator[Event]:
    score, completion = story.score, story.completion
    lms = story.registration.name or gettext("The LMS")
    if completion is not None:
        words = gettext("%(lms)s reported the course complete.", lms=lms)
        yield Event(completion.noticed_at, words, detail=_reported_time(completion.completed_at))
        if completion.withdrawn_at:
            words = gettext("%(lms)s took the completion back. The score stays as it is.", lms=lms)
            yield Event(completion.withdrawn_at, words, "attention")
    goals = ", ".join(str(goal_id) for goal_id in story.goal_ids)
    detail = gettext("Counted toward: goal %(goals)s.", goals=goals) if goals else ""
    yield Event(score.achieved_at, gettext("A goal that counts the course was met by its owner."), detail=detail)
    for event in story.sent_again:
        yield Event(event.at, gettext("An administrator had the score sent again."), "wait")
    for message in story.messages:
        yield Event(message.created_at, gettext("The score was queued."), "wait")
        for attempt in story.attempts.get(message.id, []):
            yield _attempt(attempt, lms)
    if score.sent_at:
        yield Event(score.sent_at, gettext("%(lms)s accepted the score: 1 of 1, completed.", lms=lms))
    if score.confirmed_at:
        yield Event(score.confirmed_at, gettext("Read back from the gradebook: 1 of 1. Confirmed."))


def _reported_time(completed_at: datetime | None) -> str:
    if completed_at is None:
        return str(gettext("The LMS gives no time for it."))
    return str(gettext("Completed there on %(day)s.", day=format_date(completed_at, "medium")))


def _attempt(attempt: DeliveryAttempt, lms: str) -> Event:
    if attempt.outcome == "delivered":
        return Event(attempt.at, gettext("The delivery was finished."))
    status = gettext(" (status %(status)s)", status=attempt.http_status) if attempt.http_status else ""
    words = gettext("%(lms)s did not take it%(status)s: %(why)s", lms=lms, status=status, why=attempt.detail)
    return Event(
        attempt.at, words, "attention" if attempt.outcome in {"waiting", "rejected", "access_lost"} else "wait"
    )


def _ahead(story: Story) -> Iterator[Event]:
    score = story.score
    if score.resource_link is None:
        yield Event(None, gettext("Waits for a place in the course's gradebook."), "attention")
    elif score.state is ScoreState.WAITING:
        yield Event(None, gettext("Is sent as soon as the worker comes to it."), "wait")
    elif score.state is ScoreState.SENT:
        yield Event(None, gettext("Is not confirmed: the LMS does not let the tool read its gradebook back."), "wait")
    last = story.messages[-1] if story.messages else None
    if last is not None and last.state in (MessageState.WAITING, MessageState.DUE) and last.attempts:
        yield Event(last.due_at, gettext("Is tried again."), "wait")
