"""Reads of the LTI door: whose login this is, what is registered, and a platform as the LMS calls need it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from sqlalchemy import ColumnElement, Select, String, bindparam, cast, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from config import Config
from lti_tool.db import Database, utc_now
from lti_tool.errors import LaunchError, NotFoundError
from lti_tool.launch.kept_access import kept_credentials
from lti_tool.launch.keys import tool_keys
from lti_tool.launch.models import (
    ContextCopy,
    Deployment,
    DeploymentState,
    LaunchSession,
    Login,
    Registration,
    RestAccess,
)
from lti_tool.launch.operations.sessions import digest
from lti_tool.lms.platform import Platform, Scope
from lti_tool.lms.vault import Vault
from lti_tool.people.models import Course, Person

BY_STATE = (
    select(Login, Registration)
    .join(Registration, Login.registration_id == Registration.id)
    .where(Login.state_hash == bindparam("state_hash"), Registration.disabled_at.is_(None))
)
"""Built once: building a statement costs more than running it."""
MOST_COURSES = 50
UNKNOWN = "This LMS is not registered with the tool, or its registration was switched off."


def registration_for_login(
    db: Session, *, login_key: str, issuer: str, client_id: str, deployment_id: str
) -> Registration:
    """Return the registration that a login initiation means.

    Its own login address says it best. Without one, LMSs that share issuer and client id are told apart by the
    deployment; where that leaves two, the login is refused.
    """
    given = {"issuer": issuer, "login_key": login_key, "client_id": client_id}
    found = db.scalars(_by_login(bool(login_key), bool(client_id)), given).all()
    if len(found) > 1 and deployment_id:
        found = [each for each in found if _has_deployment(db, each, deployment_id)]
    if not found:
        raise LaunchError("registration_unknown", UNKNOWN, status=403)
    if len(found) > 1:
        raise LaunchError("registration_ambiguous", "Several LMSs go by this name. Use the login address of yours.")
    return found[0]


def registration_for_notice(db: Session, *, issuer: str, client_id: str, deployment_id: str) -> Registration:
    """Return the registration that a notice says it is for, before anything in it is believed."""
    found = db.scalar(
        _by_login(has_login_key=False, has_client_id=True)
        .join(Registration.deployments)
        .where(Deployment.deployment_id == deployment_id)
        .order_by(Registration.id.desc()),
        {"issuer": issuer, "client_id": client_id},
    )
    if found is None:
        raise LaunchError("registration_unknown", UNKNOWN, status=403)
    return found


def same_clients(db: Session) -> dict[str, str]:
    """Return which registrations are the same client of the same LMS as an earlier one, each by that one's number.

    Schools of one Canvas cloud share a key, and Canvas counts their requests together.
    """
    earliest = func.min(Registration.id).over(partition_by=(Registration.issuer, Registration.client_id))
    each = select(Registration.id, earliest.label("earliest")).subquery()
    later = select(each.c.id, each.c.earliest).where(each.c.id != each.c.earliest)
    return {str(number): str(first) for number, first in db.execute(later)}


def login_of_state(db: Session, state: str) -> tuple[Login, Registration]:
    """Return the login that a launch answers, and its registration."""
    row = db.execute(BY_STATE, {"state_hash": digest(state)}).first()
    if row is None:
        raise LaunchError("state_unknown", "This launch is too old, or it was never begun. Open the link again.")
    login, registration = row
    if login.used_at is not None:
        raise LaunchError("login_used", "This launch was used before. Go back to your course and open the link again.")
    if login.expires_at <= utc_now():
        raise LaunchError("login_expired", "This launch took too long. Go back to your course and open the link again.")
    return login, registration


def registrations_of(db: Session, person: Person) -> Sequence[Registration]:
    """Return the registrations of the person's district with deployments and REST access, by name."""
    return db.scalars(
        select(Registration)
        .where(Registration.district_id == person.district_id)
        .options(selectinload(Registration.deployments), joinedload(Registration.rest_access))
        .order_by(Registration.name, Registration.issuer, Registration.id)
    ).all()


def registration_of(db: Session, person: Person, registration_id: int) -> Registration:
    """Return one registration of the person's district."""
    found = db.scalar(
        select(Registration)
        .where(Registration.id == registration_id, Registration.district_id == person.district_id)
        .options(selectinload(Registration.deployments), joinedload(Registration.rest_access))
    )
    if found is None:
        raise NotFoundError
    return found


def deployment_of(db: Session, person: Person, deployment_id: int) -> Deployment:
    """Return one deployment of the person's district."""
    found = db.scalar(
        select(Deployment)
        .join(Deployment.registration)
        .where(Deployment.id == deployment_id, Registration.district_id == person.district_id)
    )
    if found is None:
        raise NotFoundError
    return found


def origin_course(db: Session, session: LaunchSession) -> Course | None:
    """Return the professional learning of which the session's course is a copy, the nearest one; None if it is none."""
    context = session.context
    noted = select(ContextCopy.origin_id).where(
        ContextCopy.deployment_id == session.deployment_id, ContextCopy.context_id == context.get("id", "")
    )
    said = [*db.scalars(noted.order_by(ContextCopy.id.desc())), *context.get("copied_from", ())]
    return next(iter(marked_courses(db, session.registration_id, said)), None)


def marked_courses(db: Session, registration_id: int, context_ids: Sequence[str]) -> list[Course]:
    """Return the courses of these contexts that are professional learning, in the order of the contexts."""
    found = db.scalars(
        select(Course).where(
            Course.registration_id == registration_id,
            Course.context_id.in_(context_ids),
            Course.professional_learning_at.is_not(None),
        )
    )
    return sorted(found, key=lambda course: context_ids.index(course.context_id))


def platform_of(
    db: Session,
    registration: Registration,
    settings: Config,
    database: Database | None = None,
    *,
    with_rest: bool = True,
) -> Platform:
    """Return a registration as the LMS calls need it; secrets are opened, so it must not be kept.

    Canvas's access tokens are renewed on the way; given a `database`, the new one is kept there. Where the key to the
    REST side is about to be replaced, it is left out: it may have been sealed with an earlier secret key.
    """
    access, vault = db.get(RestAccess, registration.id) if with_rest else None, Vault(settings.secret_key)
    deployment_id = db.scalar(
        select(Deployment.deployment_id)
        .where(Deployment.registration_id == registration.id, Deployment.state == DeploymentState.APPROVED)
        .order_by(Deployment.id)
        .limit(1)
    )
    return Platform(
        id=registration.id,
        district_id=registration.district_id,
        family=registration.family.value,
        issuer=registration.issuer,
        client_id=registration.client_id,
        token_url=registration.auth_token_url,
        audience=registration.auth_audience,
        deployment_id=deployment_id or "",
        scopes=frozenset(registration.scopes),
        signing_key=tool_keys(settings).signing(),
        rest=kept_credentials(access, vault, database) if access and access.access_token else None,
        private_hosts=settings.lti_private_hosts,
    )


def platform_of_course(db: Session, course: Course, settings: Config) -> Platform:
    """Return a course's LMS as the Advantage services need it, with what its launches said that they grant."""
    registration = db.get_one(Registration, course.registration_id)
    platform = platform_of(db, registration, settings, with_rest=False)
    return replace(platform, scopes=platform.scopes | frozenset(course.scopes))


def is_granted(scope: Scope, course: type[Course] = Course) -> ColumnElement[bool]:
    """Say in SQL that the LMS grants a service in a course, as `platform_of_course` has it."""
    grants = (cast(each, String).contains(f'"{scope}"') for each in (course.scopes, Registration.scopes))
    return exists().where(Registration.id == course.registration_id, or_(*grants))


def courses_that_wait_for_themselves(db: Session, registration: Registration) -> Sequence[Course]:
    """Return the marked courses of an LMS that require the tool's own link and are no hub, by title."""
    marked = Course.registration_id == registration.id, Course.professional_learning_at.is_not(None)
    found = select(Course).where(*marked, Course.requires_own_link, ~Course.is_hub, Course.completion_item_url == "")
    return db.scalars(found.order_by(Course.title, Course.id).limit(MOST_COURSES)).all()


@lru_cache
def _by_login(has_login_key: bool, has_client_id: bool) -> Select[Registration]:
    query = select(Registration).where(Registration.issuer == bindparam("issuer"), Registration.disabled_at.is_(None))
    if has_login_key:
        query = query.where(Registration.login_key == bindparam("login_key"))
    if has_client_id:
        query = query.where(Registration.client_id == bindparam("client_id"))
    return query.limit(50)


def _has_deployment(db: Session, registration: Registration, deployment_id: str) -> bool:
    return (
        db.scalar(
            select(Deployment.id).where(
                Deployment.registration_id == registration.id, Deployment.deployment_id == deployment_id
            )
        )
        is not None
    )
