"""What a launch that passed its checks leaves behind: a person, a place in a course, a session.

Children are out: of a course that nobody marked as professional learning nothing is stored, and a Learner of
it gets a plain page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.launch.languages import language_of, time_zone_of
from lti_tool.launch.message import LaunchMessage
from lti_tool.launch.models import Deployment, DeploymentState, LinkKind, Registration, ResourceLink
from lti_tool.launch.operations.completion_reads import announce_checkpoint, ask_for_completions
from lti_tool.launch.operations.courses import context_of, create_course, find_course, refresh_course
from lti_tool.launch.operations.deployments import meet_deployment
from lti_tool.launch.operations.logins import use_up_login
from lti_tool.launch.operations.notices import ask_for_notices
from lti_tool.launch.operations.people import apply_launch_grant, find_identity, remember_person
from lti_tool.launch.operations.sessions import open_session
from lti_tool.launch.operations.upserts import upsert
from lti_tool.launch.roles import Standing, standing
from lti_tool.people.models import Course, CourseRole, Identity, Membership, Person, Role

OwnRoom = Callable[[Session, Person, int | None], int | None]
"""The team whose room a person means who comes from a course, if there is only one to mean."""

OPENS_ROOM = (LinkKind.TEAM, LinkKind.TEAM_CYCLE)


class Outcome(StrEnum):
    """How a launch ended."""

    OPENED = "opened"
    NOT_PROFESSIONAL_LEARNING = "not_professional_learning"
    DEPLOYMENT_PENDING = "deployment_pending"
    DEPLOYMENT_REFUSED = "deployment_refused"


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a launch ended, and where it goes on."""

    outcome: Outcome
    session_key: str = ""
    kind: LinkKind = LinkKind.PLAN
    is_deep_linking: bool = False
    team_id: int | None = None
    """The team whose room the person means, of a team's link."""


@dataclass(frozen=True, slots=True)
class _Launch:
    """One launch on its way through the steps below."""

    registration: Registration
    deployment: Deployment
    message: LaunchMessage
    standing: Standing
    keeps_cookies: bool
    own_room: OwnRoom


def arrive(
    db: Session,
    registration: Registration,
    login_id: int,
    message: LaunchMessage,
    *,
    keeps_cookies: bool,
    own_room: OwnRoom,
) -> Arrival:
    """Use the login up and let the person in, if the deployment and the course allow it.

    A browser that kept the login's cookie will keep the session's: its key alone opens nothing from the start.
    """
    use_up_login(db, login_id)
    deployment = meet_deployment(db, registration, message.deployment_id)
    if deployment.state is not DeploymentState.APPROVED:
        pending = deployment.state is DeploymentState.PENDING
        return Arrival(Outcome.DEPLOYMENT_PENDING if pending else Outcome.DEPLOYMENT_REFUSED)
    ask_for_notices(db, registration, deployment, message)
    is_root = message.custom.get("canvas_is_root_admin") == "true"
    stands = standing(message.roles, registration.family, is_root_administrator=is_root)
    return _enter(db, _Launch(registration, deployment, message, stands, keeps_cookies, own_room))


def _enter(db: Session, launch: _Launch) -> Arrival:
    course = _course(db, launch)
    identity = find_identity(db, launch.registration, launch.message)
    if not _may_enter(launch, course, identity):
        return Arrival(Outcome.NOT_PROFESSIONAL_LEARNING)
    person = remember_person(db, launch.registration, launch.message, identity)
    apply_launch_grant(db, person, is_administrator=launch.standing.is_administrator)
    if course is not None:
        _take_place(db, launch, course, person)
    return _open(db, launch, course, person)


def _course(db: Session, launch: _Launch) -> Course | None:
    """Return the course if it is marked; all courses of an LMS for staff alone are."""
    context = launch.message.context
    if context is None or not context.is_course:
        return None
    course = find_course(db, launch.registration.id, launch.deployment.id, context.id)
    if course is None and launch.registration.staff_only:
        course = create_course(db, launch.registration, launch.deployment, context_of(launch.message))
    return course if course is not None and course.is_professional_learning else None


def _may_enter(launch: _Launch, course: Course | None, identity: Identity | None) -> bool:
    if course is not None or launch.standing.is_administrator:
        return True
    context = launch.message.context
    if context is None or not context.is_course:
        return identity is not None or launch.registration.staff_only
    return launch.standing.course_role is CourseRole.DESIGNER


def _take_place(db: Session, launch: _Launch, course: Course, person: Person) -> None:
    refresh_course(db, course, launch.registration, launch.message)
    role = launch.standing.course_role
    if role is not CourseRole.OTHER or not launch.standing.is_administrator:
        values = {
            "course_id": course.id, "person_id": person.id, "role": role, "is_active": True, "seen_at": utc_now(),
        }  # fmt: skip
        upsert(db, Membership, values, unique=("course_id", "person_id"))
    _remember_link(db, course, launch.message)
    if role is CourseRole.LEARNER:
        ask_for_completions(db, course)
        if launch.message.kind is LinkKind.CHECKPOINT and course.has_finishing_checkpoint:
            announce_checkpoint(db, course, person)


def _remember_link(db: Session, course: Course, message: LaunchMessage) -> None:
    """Note which link was opened and its line item; a menu's launch names no link of its own."""
    if message.link is None or message.is_navigation:
        return
    line_item_url = message.line_item_url or _own_line_item(db, course, message.link.id)
    values = {
        "course_id": course.id, "resource_link_id": message.link.id, "kind": message.kind,
        "title": message.link.title, "line_item_url": line_item_url, "seen_at": utc_now(),
    }  # fmt: skip
    upsert(db, ResourceLink, values, unique=("course_id", "resource_link_id"))


def _own_line_item(db: Session, course: Course, resource_link_id: str) -> str:
    """Return the line item that the tool found or made for a link: Moodle names none in launches once it is there."""
    link = (ResourceLink.course_id == course.id, ResourceLink.resource_link_id == resource_link_id)
    return db.scalar(select(ResourceLink.own_line_item_url).where(*link)) or ""


def _open(db: Session, launch: _Launch, course: Course | None, person: Person) -> Arrival:
    message = launch.message
    session_key = open_session(
        db,
        person,
        registration_id=launch.registration.id,
        deployment_id=launch.deployment.id,
        course_id=course.id if course else None,
        context=context_of(message),
        cookie_seen=launch.keeps_cookies,
        is_course_designer=launch.standing.course_role is CourseRole.DESIGNER,
        deep_linking=message.deep_linking,
        return_url=message.return_url,
        locale=language_of(message.locale),
        time_zone=time_zone_of(message.custom.get("time_zone", "")),
    )
    is_deep_linking = message.deep_linking is not None
    wants_room = message.kind in OPENS_ROOM and not is_deep_linking and not _designs(launch, course, person)
    team_id = launch.own_room(db, person, course.id if course else None) if wants_room else None
    return Arrival(Outcome.OPENED, session_key, message.kind, is_deep_linking, team_id)


def _designs(launch: _Launch, course: Course | None, person: Person) -> bool:
    """Return whether the person designs the launch's course, whose teams are shown to them first."""
    if course is None:
        return False
    by_grant = person.has_role(Role.DESIGNER) or person.has_role(Role.ADMINISTRATOR)
    return by_grant or launch.standing.course_role is CourseRole.DESIGNER
