"""The page on which designers see and choose how the completions of a course come in."""

from __future__ import annotations

from collections.abc import Sequence

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lti_tool.errors import ConflictError, LMSError
from lti_tool.grades.operations import paths, requirements
from lti_tool.grades.operations.line_items import ask_for_finishing_item
from lti_tool.grades.queries.courses import course_of, paths_of
from lti_tool.grades.schemas import CheckpointForm, HubForm, LineItemForm
from lti_tool.grades.views.blueprint import bp, course_to_set_up
from lti_tool.launch.acting import Acting, Right, database, guard
from lti_tool.launch.queries import platform_of_course
from lti_tool.lms.advantage import Advantage, LineItem
from lti_tool.lms.tokens import AccessTokens
from lti_tool.people.models import Course
from lti_tool.standards.schemas import load_form

NONE_OFFERED = "The LMS shows the tool no line items here or, as Canvas does, only what Like Goals itself wrote there."


@bp.get("/courses/<int:course_id>/paths")
@guard(Right.DESIGNER)
def show_paths(acting: Acting, course_id: int) -> ResponseReturnValue:
    """Show how the completions of a course come in, and what else can be chosen."""
    return _page(acting, course_to_set_up(acting, course_id))


@bp.post("/courses/<int:course_id>/line-items")
@guard(Right.DESIGNER, holds_transaction=False)
def find_line_items(acting: Acting, course_id: int) -> ResponseReturnValue:
    """Ask the LMS which line items of the course can say who finished it, and show them."""
    course = course_to_set_up(acting, course_id)
    try:
        return _page(acting, course, items=_eligible(acting, course))
    except (ConflictError, LMSError) as error:
        return _page(acting, course, problem=error.message), 422


@bp.post("/courses/<int:course_id>/line-item")
@guard(Right.DESIGNER, holds_transaction=False)
def choose_line_item(acting: Acting, course_id: int) -> ResponseReturnValue:
    """Let a line item's results say who finished the course; the LMS is asked once more whether it has it."""
    course = course_to_set_up(acting, course_id)
    given = load_form(LineItemForm(), request.form)
    chosen = next((each for each in _eligible(acting, course) if each.url == given["url"]), None)
    if chosen is None:
        raise ConflictError("The LMS has no such line item in this course any more. Look for line items again.")
    with database().transaction() as db:
        paths.choose_line_item(db, acting.person, course_of(db, acting.person, course_id), chosen, given["mark"])
    return _back(course_id, "line_item_chosen")


@bp.post("/courses/<int:course_id>/line-item/new")
@guard(Right.DESIGNER)
def make_line_item(acting: Acting, course_id: int) -> ResponseReturnValue:
    """Have a line item made in which whoever leads the course marks who finished it."""
    course = course_to_set_up(acting, course_id)
    if not paths.can_tell(acting.db, course):
        raise ConflictError(NONE_OFFERED)
    ask_for_finishing_item(acting.db, acting.person, course)
    return _back(course_id, "line_item_asked")


@bp.post("/courses/<int:course_id>/line-item/leave")
@guard(Right.DESIGNER)
def leave_line_item(acting: Acting, course_id: int) -> ResponseReturnValue:
    """Let the LMS itself say again who finished the course."""
    paths.leave_line_item(acting.db, acting.person, course_to_set_up(acting, course_id))
    return _back(course_id, "line_item_left")


@bp.post("/courses/<int:course_id>/checkpoint")
@guard(Right.DESIGNER)
def set_checkpoint(acting: Acting, course_id: int) -> ResponseReturnValue:
    """Let opening the checkpoint link finish the course, or no longer."""
    course = course_to_set_up(acting, course_id)
    finishes = load_form(CheckpointForm(), request.form)["finishes"]
    paths.set_checkpoint(acting.db, acting.person, course, finishes=finishes)
    return _back(course_id, "checkpoint_set" if finishes else "checkpoint_unset")


@bp.post("/courses/<int:course_id>/requirements")
@guard(Right.DESIGNER)
def check_requirements(acting: Acting, course_id: int) -> ResponseReturnValue:
    """Ask the LMS now what the course requires."""
    requirements.check_now(acting.db, acting.person, course_to_set_up(acting, course_id))
    return _back(course_id, "requirements_asked")


@bp.post("/courses/<int:course_id>/hub")
@guard(Right.DESIGNER)
def set_hub(acting: Acting, course_id: int) -> ResponseReturnValue:
    """Say that the course is a hub, which may require the tool's link, or none."""
    course = course_to_set_up(acting, course_id)
    is_hub = load_form(HubForm(), request.form)["is_hub"]
    requirements.set_hub(acting.db, acting.person, course, is_hub=is_hub)
    return _back(course_id, "hub_set" if is_hub else "hub_unset")


@bp.post("/courses/<int:course_id>/file/take-back")
@guard(Right.ADMINISTRATOR)
def take_back_file(acting: Acting, course_id: int) -> ResponseReturnValue:
    """Take back what files brought for a course."""
    paths.take_back_file(acting.db, acting.person, course_to_set_up(acting, course_id))
    return _back(course_id, "file_taken_back")


def _eligible(acting: Acting, course: Course) -> list[LineItem]:
    """Return the line items that can be chosen; nothing is open while the LMS is called."""
    if not paths.can_tell(acting.db, course):
        raise ConflictError(NONE_OFFERED)
    settings = current_app.extensions["settings"]
    platform = platform_of_course(acting.db, course, settings)
    acting.db.commit()
    items = Advantage(platform, AccessTokens(database(), settings.secret_key)).line_items(course.line_items_url)
    return paths.eligible_items(acting.db, course, items)


def _page(acting: Acting, course: Course, items: Sequence[LineItem] | None = None, problem: str = "") -> str:
    found = paths_of(acting.db, course)
    return render_template("sync/paths.html", course=course, paths=found, items=items, problem=problem)


def _back(course_id: int, notice: str) -> Response:
    return redirect(url_for("sync.show_paths", course_id=course_id, notice=notice), 303)
