"""What 1EdTech's certification asks a tool to do by itself, after a launch (certification guide v3, 6.3 and 6.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Config
from lti_tool.db import Database, utc_now
from lti_tool.errors import InvalidInputError, ToolError
from lti_tool.launch.models import Registration
from lti_tool.launch.queries import platform_of
from lti_tool.lms.advantage import Advantage, Result, moment
from lti_tool.lms.platform import Platform
from lti_tool.lms.tokens import AccessTokens
from lti_tool.people.models import Course, CourseRole, Identity, Membership

RESOURCE_ID = "like-goals-certification"


@dataclass(frozen=True, slots=True)
class _Trial:
    """Where the services of a course are, and of whom there is a launch."""

    platform: Platform
    line_items_url: str
    memberships_url: str
    learner_id: str


def _of_course(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say which course."""
    number = "Number of the registration, where several LMSs have such a course."
    asked = click.option("--context-id", required=True, help="The course's id, as its launches name it.")
    return asked(click.option("--registration", type=int, help=number)(command))


@click.command("certify-roster")
@_of_course
@click.option("--role", default="", help="Only people of this role, as the LMS is asked for it.")
@click.option("--limit", type=click.IntRange(1), help="How many people a page may have.")
@with_appcontext
def certify_roster(*, context_id: str, registration: int | None, role: str, limit: int | None) -> None:
    """Read the roster of a course that was launched, and print each person's id, status and roles."""
    with _said_readably():
        trial, advantage = _begin(context_id, registration)
        if not trial.memberships_url:
            raise InvalidInputError("The launches of this course name no roster. Turn names and roles on in the LMS.")
        for member in advantage.roster(trial.memberships_url, role=role, limit=limit).members:
            click.echo(f"{member.user_id}  {member.status}  {' '.join(member.roles)}")


@click.command("certify-grades")
@_of_course
@click.option("--user-id", default="", help="The `sub` of whom the score is for; without it a learner who launched.")
@click.option("--label", default="Certification", help="What the column is called.")
@click.option("--remove", is_flag=True, help="Delete the column again afterwards.")
@with_appcontext
def certify_grades(*, context_id: str, registration: int | None, user_id: str, label: str, remove: bool) -> None:
    """Make a line item in a course that was launched, send a score of 1 of 1 to it, and read the result back."""
    with _said_readably():
        trial, advantage = _begin(context_id, registration)
        if not trial.line_items_url:
            raise InvalidInputError("The launches of this course name no line items. Turn grades on in the LMS.")
        if not (user_id or trial.learner_id):
            raise InvalidInputError("No learner launched here yet. Launch once as one, or name one by --user-id.")
        _play(advantage, trial, user_id or trial.learner_id, label, remove=remove)


@contextmanager
def _said_readably() -> Iterator[None]:
    try:
        yield
    except ToolError as error:
        raise click.ClickException(error.message) from error


def _begin(context_id: str, registration: int | None) -> tuple[_Trial, Advantage]:
    database: Database = current_app.extensions["database"]
    settings: Config = current_app.extensions["settings"]
    with database.reading() as db:
        trial = _trial(db, settings, _course(db, context_id, registration))
    return trial, Advantage(trial.platform, AccessTokens(database, settings.secret_key))


def _play(advantage: Advantage, trial: _Trial, user_id: str, label: str, *, remove: bool) -> None:
    item = advantage.create_line_item(trial.line_items_url, label=label, resource_id=RESOURCE_ID, tag="like-goals")
    click.echo(f"line item  {item.url}")
    try:
        now = utc_now()
        advantage.send_score(item.url, user_id=user_id, timestamp=now, achieved_at=now)
        click.echo(f"score      1 of 1 for {user_id} at {moment(now)}")
        results = advantage.results(item.url, user_id=user_id)
        click.echo(f"result     {_words(results)}")
    finally:
        if remove:
            advantage.delete_line_item(item.url)
            click.echo("line item  deleted")


def _words(results: list[Result]) -> str:
    if not results or results[0].score is None:
        raise InvalidInputError("The LMS took the score and shows no result.")
    return f"{results[0].score:g} of {results[0].maximum:g}"


def _course(db: Session, context_id: str, registration_id: int | None) -> Course:
    """Return the course; one is known once it is professional learning, at once in an LMS of staff alone."""
    query = select(Course).where(Course.context_id == context_id)
    if registration_id is not None:
        query = query.where(Course.registration_id == registration_id)
    found = db.scalars(query).all()
    if not found:
        raise InvalidInputError("No launch came from this course, or nobody marked it as professional learning.")
    if len(found) > 1:
        numbers = ", ".join(str(course.registration_id) for course in found)
        raise InvalidInputError(f"Several LMSs have such a course. Say which with --registration: {numbers}.")
    return found[0]


def _trial(db: Session, settings: Config, course: Course) -> _Trial:
    platform = platform_of(db, db.get_one(Registration, course.registration_id), settings)
    platform = replace(platform, scopes=platform.scopes | frozenset(course.scopes))
    return _Trial(platform, course.line_items_url, course.memberships_url, _learner(db, course))


def _learner(db: Session, course: Course) -> str:
    found = db.scalar(
        select(Identity.sub)
        .join(Membership, Membership.person_id == Identity.person_id)
        .where(
            Identity.registration_id == course.registration_id,
            Membership.course_id == course.id,
            Membership.role == CourseRole.LEARNER,
        )
        .order_by(Identity.id)
        .limit(1)
    )
    return found or ""
