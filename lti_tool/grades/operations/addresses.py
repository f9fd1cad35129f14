"""E-mail addresses that somebody typed: nothing but one link goes there until it was followed (decision 34)."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.db import database_time, utc_now
from lti_tool.errors import ConflictError, NotFoundError
from lti_tool.grades.models import Reminder
from lti_tool.outbox.models import OutboxMessage
from lti_tool.outbox.operations import enqueue
from lti_tool.people.models import Person

KIND = "reminder.confirm"
LINK_LIFE = timedelta(days=3)
DAY = timedelta(days=1)
MOST_LINKS = 5
"""So many a day, so that nobody can flood the mailbox of somebody else."""
ENOUGH = (
    "Five links were sent since yesterday, and no more today. Look where unwanted mail is kept, or name a web hook."
)


@dataclass(frozen=True, slots=True)
class Asking:
    """Which address to ask, and what the link in the letter holds."""

    email: str
    locale: str
    person_id: int
    nonce: str

    def token(self, secret_key: str) -> str:
        return _signer(secret_key).dumps([self.person_id, self.nonce])


def take_address(db: Session, actor: Person, reminder: Reminder, email: str) -> None:
    """Take a new address: the LMS's own needs no asking, any other is sent a link first."""
    is_same = reminder.email.lower() == email.lower()
    reminder.email = email
    if not email or email.lower() == actor.email.lower():
        reminder.confirmed_at, reminder.confirm_nonce = utc_now() if email else None, ""
    elif not is_same:
        reminder.confirmed_at = None
        _send_link(db, actor, reminder)


def send_link_again(db: Session, actor: Person) -> None:
    """Send a new link to an address that waits for it; those sent before are worth nothing from now on."""
    reminder = db.get(Reminder, actor.id, with_for_update=True)
    if reminder is None or not reminder.waits_for_address:
        raise NotFoundError
    _send_link(db, actor, reminder)


def asking_of(db: Session, person_id: int) -> Asking | None:
    """Return which address to ask now; None where it is known, or wanted no more."""
    reminder = db.get(Reminder, person_id)
    if reminder is None or not reminder.waits_for_address:
        return None
    return Asking(reminder.email, reminder.locale, person_id, reminder.confirm_nonce)


def reminder_by_link(db: Session, secret_key: str, token: str) -> Reminder | None:
    """Return the reminders whose address a link confirms; None where it was used, is too old or not the newest."""
    try:
        person_id, nonce = _signer(secret_key).loads(token, max_age=int(LINK_LIFE.total_seconds()))
    except (BadData, ValueError, TypeError):
        return None
    reminder = db.get(Reminder, person_id, with_for_update=True)
    if reminder is None or not reminder.waits_for_address:
        return None
    return reminder if hmac.compare_digest(reminder.confirm_nonce, nonce) else None


def confirm_address(reminder: Reminder) -> None:
    """Let reminders come to the address from now on; the link is used up."""
    reminder.confirmed_at, reminder.confirm_nonce = utc_now(), ""


def _send_link(db: Session, actor: Person, reminder: Reminder) -> None:
    key = f"reminder:{actor.id}:confirm"
    lately = OutboxMessage.created_at > database_time(db) - DAY
    if (db.scalar(select(func.count()).where(OutboxMessage.key == key, lately)) or 0) >= MOST_LINKS:
        raise ConflictError(ENOUGH)
    reminder.confirm_nonce = secrets.token_urlsafe(16)
    payload = {"person_id": actor.id}
    enqueue(db, kind=KIND, key=key, district_id=actor.district_id, payload=payload, lane="alert:mail")


def _signer(secret_key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret_key, salt="address of reminders")
