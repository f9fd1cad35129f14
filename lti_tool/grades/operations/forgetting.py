"""Forgetting messages that were done long ago: questions and letters after some days, deliveries after thirteen months.

The last asking for teams of a scope stays: it is how the next one is asked by itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lti_tool.outbox.operations import forget_messages

WEEK = timedelta(days=7)
KEPT_FOR = {
    (
        "alert.send",
        "completions.read",
        "course.checkpoint",
        "course.copied",
        "framework.fetch",
        "framework.import",
        "goal.carried",
        "group.compare",
        "learning.taken_up",
        "line_item.make",
        "notices.subscribe",
        "plans.activate",
        "reminder.confirm",
        "reminder.send",
        "requirements.read",
        "roster.read",
        "scores.compare",
        "scores.confirm",
        "scores.resend",
    ): WEEK,
    ("goal.met", "group", "score", "team.kept"): timedelta(days=396),
}
"""How long what was done, or overtaken, can still be looked at; an LMS is asked thousands of times a day."""
OVERTAKEN = {("teams.match",): WEEK}
"""How long what a later message of its key came after; the last of each key stays."""
MOST = 5000
"""So many in one transaction: nobody else can write to SQLite meanwhile."""


def forget_old_messages(db: Session, now: datetime) -> int:
    """Delete some of what was done longer ago than it is kept, with its tries; return how many messages these were."""
    done = sum(forget_messages(db, kinds, now - kept, MOST) for kinds, kept in KEPT_FOR.items())
    return done + sum(
        forget_messages(db, kinds, now - kept, MOST, last_stays=True) for kinds, kept in OVERTAKEN.items()
    )
