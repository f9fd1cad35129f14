"""The key to an LMS's REST side: kept sealed, checked at once, thrown away on request."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, LaunchError
from lti_tool.launch.models import Registration, RestAccess
from lti_tool.launch.operations.sessions import digest
from lti_tool.lms.platform import RestCredentials
from lti_tool.lms.vault import Vault
from lti_tool.outbox.operations import resume_lane
from lti_tool.people.models import Person, Role
from lti_tool.people.operations import record_audit

CONSENT_LIFE = timedelta(minutes=15)
LONGEST_TEXT = 300
NOT_BEGUN = (
    "This connection was not begun here, was finished before, or took too long. Begin again on the page of connections."
)


def save_credentials(
    db: Session,
    actor: Person,
    registration: Registration,
    credentials: RestCredentials,
    vault: Vault,
    *,
    name: str,
    scopes: Sequence[str] | None = None,
) -> None:
    """Keep credentials that the LMS accepted as `name`, and for what, and try again what waited for them."""
    access = _access(db, registration)
    access.base_url, access.client_id = credentials.base_url, credentials.client_id
    access.access_token = vault.seal(credentials.access_token)
    access.client_secret = vault.seal(credentials.client_secret) if credentials.client_secret else None
    access.refresh_token = vault.seal(credentials.refresh_token) if credentials.refresh_token else None
    access.expires_at, access.renewing_until = credentials.expires_at, None
    access.scopes = None if scopes is None else list(scopes)
    access.problem, access.checked_at, access.connected_as = "", utc_now(), name[:LONGEST_TEXT]
    record_audit(db, actor, "rest_connected", "registration", registration.id)
    for lane in ("platform", "rest", "groups"):
        resume_lane(db, f"{lane}:{registration.id}")


def save_canvas_key(
    db: Session, actor: Person, registration: Registration, given: RestCredentials, vault: Vault
) -> None:
    """Keep an API key of Canvas; it opens nothing until somebody said yes at Canvas."""
    access = _access(db, registration)
    access.base_url, access.client_id = given.base_url, given.client_id
    access.client_secret = vault.seal(given.client_secret)
    access.access_token = access.refresh_token = access.expires_at = access.renewing_until = None
    access.problem = access.connected_as = ""
    access.scopes = None
    record_audit(db, actor, "rest_key_saved", "registration", registration.id)


def begin_authorization(db: Session, actor: Person, registration: Registration) -> tuple[RestAccess, str]:
    """Return the kept API key and a state for the way to Canvas and back; an older state is worth nothing now."""
    access = db.get(RestAccess, registration.id)
    if access is None or access.client_secret is None:
        raise ConflictError("Enter the API key of Canvas first.")
    state = f"{registration.id}.{actor.id}.{int(utc_now().timestamp())}.{secrets.token_urlsafe(32)}"
    access.state_hash = digest(state)
    return access, state


def take_state(db: Session, state: str) -> tuple[RestAccess, Person]:
    """Return the access whose authorisation comes back with this state, once, and the administrator who began it."""
    access = db.scalar(select(RestAccess).where(RestAccess.state_hash == digest(state)).with_for_update())
    if access is None:
        raise LaunchError("oauth_state_unknown", NOT_BEGUN)
    _, person_id, begun_at, _ = state.split(".")  # the hash shows that it is ours
    person = db.get(Person, int(person_id))
    is_late = utc_now().timestamp() - int(begun_at) > CONSENT_LIFE.total_seconds()
    if person is None or is_late or not person.has_role(Role.ADMINISTRATOR):
        raise LaunchError("oauth_state_unknown", NOT_BEGUN)
    access.state_hash = ""
    return access, person


def note_problem(db: Session, registration: Registration, problem: str) -> None:
    """Keep why the LMS did not let the tool in, in words."""
    access = db.get(RestAccess, registration.id)
    if access is not None:
        access.problem, access.checked_at = problem[:LONGEST_TEXT], utc_now()


def note_lacking(db: Session, registration_id: int, lacking: str, known: Sequence[str]) -> None:
    """Keep that the LMS refused a scope for which it was not asked when it was connected, of these that it is asked."""
    access = db.get(RestAccess, registration_id)
    if access is not None:
        consented = known if access.scopes is None else access.scopes
        access.scopes = [each for each in consented if each != lacking]


def forget_credentials(db: Session, actor: Person, registration: Registration) -> None:
    """Throw away the key to an LMS's REST side."""
    access = db.get(RestAccess, registration.id)
    if access is not None:
        db.delete(access)
        record_audit(db, actor, "rest_disconnected", "registration", registration.id)


def _access(db: Session, registration: Registration) -> RestAccess:
    access = db.get(RestAccess, registration.id)
    if access is None:
        access = RestAccess(
            registration_id=registration.id, base_url="", client_id="", state_hash="", connected_as="", problem=""
        )
        db.add(access)
    return access
