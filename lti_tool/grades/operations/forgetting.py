"""Forgetting messages that were done long ago: questions after some days, scores after thirteen months."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lti_tool.outbox.operations import forget_messages

WEEK = timedelta(days=7)
KEPT_FOR = {
    (
        "completions.read",
        "course.checkpoint",
        "group.compare",
        "learning.taken_up",
        "requirements.read",
        "roster.read",
        "scores.compare",
        "scores.confirm",
        "scores.resend",
    ): WEEK,
    ("score",): timedelta(days=396),
}
"""How long what was done, or overtaken, can still be looked at; an LMS is asked thousands of times a day."""
MOST = 5000
"""So many in one transaction: nobody else can write to SQLite meanwhile."""


def forget_old_messages(db: Session, now: datetime) -> int:
    """Delete some of what was done longer ago than it is kept, with its tries; return how many messages these were."""
    return sum(forget_messages(db, kinds, now - kept, MOST) for kinds, kept in KEPT_FOR.items())
