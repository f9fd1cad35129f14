"""Logins: begun by an LMS, bound to one browser, used up by one launch."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, delete, insert, update
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import LaunchError
from lti_tool.launch.models import LaunchSession, Login, Registration
from lti_tool.launch.operations.sessions import digest

LOGIN_LIFE = timedelta(minutes=10)
SESSIONS_KEPT = timedelta(days=7)
"""For how long a page of an ended session can still say so inside its LMS: who may frame it is known from the row."""
BEGUN = insert(Login.__table__)  # type: ignore[arg-type]
ENDED_LOGINS = delete(Login.__table__).where(Login.expires_at < bindparam("moment"))  # type: ignore[arg-type]
ENDED_SESSIONS = delete(LaunchSession.__table__).where(LaunchSession.expires_at < bindparam("moment"))  # type: ignore[arg-type]
USED = (
    update(Login.__table__)  # type: ignore[arg-type]
    .where(Login.id == bindparam("login_id"), Login.used_at.is_(None))
    .values(used_at=bindparam("now"))
)
"""Built once: building a statement costs more than running it."""


@dataclass(frozen=True, slots=True)
class LoginSecrets:
    """What goes out with a login; only hashes stay."""

    state: str
    nonce: str
    browser: str
    """For this browser alone: its cookie, or what platform storage keeps for it."""


def begin_login(
    db: Session, registration: Registration, *, target_link_uri: str, deployment_id: str, storage_target: str
) -> LoginSecrets:
    """Note a login and return its secrets; logins and sessions that ended are forgotten on the way."""
    given = LoginSecrets(*(secrets.token_urlsafe(32) for _ in range(3)))
    now, connection = utc_now(), db.connection()
    connection.execute(ENDED_LOGINS, {"moment": now})
    connection.execute(ENDED_SESSIONS, {"moment": now - SESSIONS_KEPT})
    row = {
        "registration_id": registration.id,
        "state_hash": digest(given.state),
        "nonce_hash": digest(given.nonce),
        "browser_hash": digest(given.browser),
        "target_link_uri": target_link_uri,
        "deployment_id": deployment_id,
        "storage_target": storage_target,
        "expires_at": now + LOGIN_LIFE,
    }
    connection.execute(BEGUN, row)
    return given


def use_up_login(db: Session, login_id: int) -> None:
    """Use a login up; refuse the second of two launches that carry the same state, at whatever distance."""
    used = db.connection().execute(USED, {"login_id": login_id, "now": utc_now()})
    if used.rowcount != 1:
        raise LaunchError("login_used", "This launch was used before. Go back to your course and open the link again.")
