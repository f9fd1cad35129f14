"""Opening and resuming launch sessions.

The key of a session is in the path of every page, because a browser may drop the cookies of a framed site.
Where the browser does keep the session's own Partitioned cookie, the key without the cookie is refused.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session, contains_eager, joinedload, undefer

from lti_tool.db import utc_now
from lti_tool.errors import SessionExpiredError
from lti_tool.launch.models import Deployment, DeploymentState, LaunchSession, Registration
from lti_tool.people.models import Person

SESSION_LIFE = timedelta(hours=10)
OPENED = insert(LaunchSession.__table__)  # type: ignore[arg-type]
"""Built once: building a statement costs more than running it."""


def open_session(db: Session, person: Person, *, registration_id: int, deployment_id: int, **details: Any) -> str:
    """Start a launch session and return its key; `details` are further columns of `LaunchSession`."""
    key = secrets.token_urlsafe(32)
    row = {
        "key_hash": digest(key),
        "person_id": person.id,
        "registration_id": registration_id,
        "deployment_id": deployment_id,
        "expires_at": utc_now() + SESSION_LIFE,
        **details,
    }
    db.flush()  # it names the person and the course
    db.connection().execute(OPENED, row)
    return key


def resume_session(db: Session, key: str, *, is_same_browser: bool) -> LaunchSession:
    """Return the session of this key; refuse one that ended, was shut out since, or belongs to another browser."""
    session = db.scalar(
        select(LaunchSession)
        .join(LaunchSession.registration)
        .join(Deployment, Deployment.id == LaunchSession.deployment_id)
        .where(
            LaunchSession.key_hash == digest(key),
            LaunchSession.expires_at > utc_now(),
            Registration.disabled_at.is_(None),
            Deployment.state == DeploymentState.APPROVED,
        )
        .options(
            contains_eager(LaunchSession.registration),
            undefer(LaunchSession.supervises_somebody),
            joinedload(LaunchSession.course),
            joinedload(LaunchSession.person).joinedload(Person.school),
            joinedload(LaunchSession.person).selectinload(Person.grants),
        )
    )
    if session is None:
        raise SessionExpiredError
    if session.cookie_seen and not is_same_browser:
        raise SessionExpiredError(
            "This page works only in the browser that opened it from your LMS. Open Like Goals there again."
        )
    return session


def frames_of_session(db: Session, key: str) -> list[str]:
    """Return the addresses that may frame the pages of a session, though it may have ended."""
    session = db.scalar(
        select(LaunchSession)
        .where(LaunchSession.key_hash == digest(key))
        .options(joinedload(LaunchSession.registration))
    )
    return [*session.registration.frame_origins, session.return_url] if session else []


def remember_cookie(db: Session, session_id: int) -> None:
    """Note that the browser kept the session's cookie: from now on it is needed."""
    db.execute(update(LaunchSession).where(LaunchSession.id == session_id).values(cookie_seen=True))


def digest(secret: str) -> str:
    """Return the hash under which a secret is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()
