"""Reminders that educators ask for: how many goals are under way, never which."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import NotFoundError
from lti_tool.grades.models import Frequency, Reminder
from lti_tool.grades.operations.addresses import take_address
from lti_tool.outbox.operations import enqueue
from lti_tool.people.models import Person
from lti_tool.plans.models import Goal, GoalState, GrowthPlan

PERIODS = {Frequency.WEEKLY: timedelta(days=7), Frequency.MONTHLY: timedelta(days=30)}
MOST = 500


@dataclass(frozen=True, slots=True)
class Reminding:
    """What to remind somebody of, and where."""

    goals: int
    email: str
    hook_url: str
    locale: str
    token: str


def save_reminder(
    db: Session, actor: Person, frequency: Frequency, *, email: str, hook_url: str, locale: str
) -> Reminder:
    """Remind somebody from now on; the first time when one period has passed."""
    reminder = db.get(Reminder, actor.id) or Reminder(person_id=actor.id, email="", token=secrets.token_urlsafe(32))
    reminder.frequency, reminder.hook_url, reminder.locale = frequency, hook_url, locale
    take_address(db, actor, reminder, email)
    reminder.saved_at, reminder.due_at = utc_now(), utc_now() + PERIODS[frequency]
    db.add(reminder)
    return reminder


def stop_reminder(db: Session, actor: Person) -> None:
    """Remind somebody no more."""
    reminder = db.get(Reminder, actor.id)
    if reminder is not None:
        db.delete(reminder)


def reminder_by_token(db: Session, token: str) -> Reminder:
    """Return the reminders that a token stops."""
    reminder = db.scalar(select(Reminder).where(Reminder.token == token))
    if reminder is None:
        raise NotFoundError("These reminders are stopped already.")
    return reminder


def raise_reminders(db: Session, now: datetime) -> int:
    """Put in the reminders that are due, of those who have a goal under way; return how many these are."""
    due = select(Reminder, Person.district_id).join(Person, Person.id == Reminder.person_id)
    rows = db.execute(due.where(Reminder.due_at <= now).order_by(Reminder.due_at).limit(MOST)).all()
    raised = 0
    for reminder, district_id in rows:
        reminder.due_at = now + PERIODS[reminder.frequency]
        if reminder.channels and _goals_under_way(db, reminder.person_id):
            raised += 1
            _enqueue(db, reminder, district_id)
    return raised


def reminding_of(db: Session, person_id: int) -> Reminding | None:
    """Return what to remind somebody of now; None where that is no more wanted, or nothing is under way."""
    reminder, goals = db.get(Reminder, person_id), _goals_under_way(db, person_id)
    if reminder is None or not goals:
        return None
    email = "" if reminder.waits_for_address else reminder.email
    return Reminding(goals, email, reminder.hook_url, reminder.locale, reminder.token)


def _goals_under_way(db: Session, person_id: int) -> int:
    under_way = select(func.count(Goal.id)).join(GrowthPlan, GrowthPlan.id == Goal.plan_id)
    return db.scalar(under_way.where(GrowthPlan.person_id == person_id, Goal.state == GoalState.OPEN)) or 0


def _enqueue(db: Session, reminder: Reminder, district_id: int) -> None:
    for channel in reminder.channels:
        enqueue(
            db,
            kind="reminder.send",
            key=f"reminder:{reminder.person_id}:{channel}",
            district_id=district_id,
            payload={"person_id": reminder.person_id, "channel": channel},
            lane="alert:mail" if channel == "mail" else f"alert:own:{reminder.person_id}",
        )
