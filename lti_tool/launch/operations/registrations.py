"""Invitations, and the registrations that come of them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import InvalidInputError, LaunchError
from lti_tool.launch.addresses import origin_of
from lti_tool.launch.models import Deployment, DeploymentState, Family, Invitation, Registration
from lti_tool.launch.operations.sessions import digest
from lti_tool.people.models import District, Person
from lti_tool.people.operations import record_audit

INVITATION_LIFE = timedelta(days=14)
NOT_VALID = "This invitation is not valid, or it was used before. Ask whoever sent it to you for a new one."

ALREADY_THERE = (
    "An LMS with this issuer and client id is registered already. If yours is another one, whoever runs Like Goals "
    "can add it by command."
)


@dataclass(frozen=True, slots=True)
class Platform:
    """An LMS as it describes itself while registering."""

    issuer: str
    auth_login_url: str
    auth_token_url: str
    key_set_url: str
    registration_url: str = ""
    auth_audience: str = ""
    name: str = ""
    family: Family = Family.OTHER
    version: str = ""
    offers_notices: bool = False

    @property
    def frame_origins(self) -> list[str]:
        """Who may show the tool in a frame: the issuer, and the host at which the LMS registered."""
        found = (origin_of(self.issuer), origin_of(self.registration_url or self.auth_login_url))
        return sorted(filter(None, set(found)))


@dataclass(frozen=True, slots=True)
class Admission:
    """What the LMS gave the tool."""

    client_id: str
    deployment_id: str = ""
    scopes: tuple[str, ...] = ()


def create_invitation(db: Session, district: District, *, staff_only: bool) -> str:
    """Return the token of a new invitation for one LMS of this district."""
    token = secrets.token_urlsafe(32)
    expires_at = utc_now() + INVITATION_LIFE
    db.add(Invitation(district_id=district.id, token_hash=digest(token), staff_only=staff_only, expires_at=expires_at))
    return token


def find_invitation(db: Session, token: str) -> Invitation:
    """Return the invitation of this token; refuse one that is unknown, used or old."""
    invitation = db.scalar(select(Invitation).where(Invitation.token_hash == digest(token)))
    if invitation is None or invitation.used_at is not None or invitation.expires_at <= utc_now():
        raise LaunchError("invitation_invalid", NOT_VALID, status=403)
    return invitation


def use_up_invitation(db: Session, token: str) -> Invitation:
    """Take an invitation for a registration that begins now; of two at the same time one is refused."""
    invitation = find_invitation(db, token)
    taken = db.execute(
        update(Invitation).where(Invitation.id == invitation.id, Invitation.used_at.is_(None)).values(used_at=utc_now())
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise LaunchError("invitation_invalid", NOT_VALID, status=403)
    return invitation


def give_back_invitation(db: Session, invitation_id: int) -> None:
    """Make an invitation usable again, when the registration that took it came to nothing."""
    db.execute(update(Invitation).where(Invitation.id == invitation_id).values(used_at=None))


def new_login_key() -> str:
    """Return the last part of a registration's own login address."""
    return secrets.token_urlsafe(16)


def save_registration(
    db: Session, invitation: Invitation, platform: Platform, admission: Admission, *, login_key: str
) -> Registration:
    """Keep what a registration by invitation agreed on."""
    registration = _registration(platform, admission, login_key)
    registration.district_id, registration.invitation_id = invitation.district_id, invitation.id
    registration.staff_only = invitation.staff_only
    return _saved(db, registration, admission)


def add_registration(
    db: Session, district: District, platform: Platform, admission: Admission, *, staff_only: bool
) -> Registration:
    """Keep a registration whose values the operator carried over by hand."""
    return _added(db, district.id, platform, admission, staff_only=staff_only)


def add_own_registration(
    db: Session, actor: Person, platform: Platform, admission: Admission, *, staff_only: bool
) -> Registration:
    """Keep a registration whose values an administrator carried over by hand.

    Nobody may claim the LMS of others: an issuer and client id that are known already are for the operator to add.
    """
    known = select(Registration.id).where(
        Registration.issuer == platform.issuer, Registration.client_id == admission.client_id
    )
    if db.scalar(known.limit(1)) is not None:
        raise InvalidInputError(fields={"client_id": [ALREADY_THERE]})
    registration = _added(db, actor.district_id, platform, admission, staff_only=staff_only)
    record_audit(db, actor, "registration_added", "registration", registration.id)
    return registration


def _added(
    db: Session, district_id: int, platform: Platform, admission: Admission, *, staff_only: bool
) -> Registration:
    registration = _registration(platform, admission, new_login_key())
    registration.district_id, registration.staff_only = district_id, staff_only
    return _saved(db, registration, admission)


def _registration(platform: Platform, admission: Admission, login_key: str) -> Registration:
    return Registration(
        login_key=login_key,
        name=platform.name[:200],
        family=platform.family,
        version=platform.version[:64],
        issuer=platform.issuer,
        client_id=admission.client_id,
        auth_login_url=platform.auth_login_url,
        auth_token_url=platform.auth_token_url,
        auth_audience=platform.auth_audience,
        key_set_url=platform.key_set_url,
        frame_origins=platform.frame_origins,
        scopes=list(admission.scopes),
        deployments=[],
    )


def _saved(db: Session, registration: Registration, admission: Admission) -> Registration:
    if admission.deployment_id:
        state = DeploymentState.APPROVED
        registration.deployments.append(Deployment(deployment_id=admission.deployment_id, state=state))
    db.add(registration)
    db.flush()  # its page is shown next
    return registration
