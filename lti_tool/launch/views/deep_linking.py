"""Placing links in a course: the designer chooses, the LMS gets a signed answer."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lti_tool.errors import ConflictError, NotAllowedError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.launch.addresses import LAUNCH_PATH
from lti_tool.launch.headers import allow_forms
from lti_tool.launch.keys import signing_key
from lti_tool.launch.links import CHOICES, LinkChoice, LinkSettings, read_settings
from lti_tool.launch.models import Deployment
from lti_tool.launch.operations.courses import mark_course
from lti_tool.launch.protocol.deep_linking import Item, content_item, response_jwt
from lti_tool.launch.queries import origin_course
from lti_tool.launch.views.blueprints import settings

deep_linking_bp = Blueprint("deep_linking", __name__)


@deep_linking_bp.get("/")
@guard(Right.DESIGNER)
def choose(acting: Acting) -> ResponseReturnValue:
    """Show the kinds of links that can be placed."""
    return _show(acting)


@deep_linking_bp.post("/")
@guard(Right.DESIGNER)
def respond(acting: Acting) -> ResponseReturnValue:
    """Send the chosen links to the LMS, or none with the reason."""
    accepted = _accepted(acting)
    if "cancel" in request.form:
        return _answer(acting, accepted, [], error=gettext("Nothing was placed."))
    chosen = [choice for choice in CHOICES if choice.kind in request.form.getlist("kind")]
    problem = _problem(acting, accepted, chosen)
    if problem:
        return _show(acting, problem), 422
    if not _is_marked(acting):
        mark_course(acting.db, acting.person, acting.launch)
    return _answer(acting, accepted, [_item(choice, accepted) for choice in chosen])


def _accepted(acting: Acting) -> LinkSettings:
    if acting.launch.deep_linking is None:
        raise ConflictError("This session was not opened to place a link. Start from the course again.")
    if not acting.launch.context:
        raise NotAllowedError("Links are placed in courses. Start from a course.")
    return read_settings(acting.launch.deep_linking)


def _is_marked(acting: Acting) -> bool:
    return acting.course is not None and acting.course.is_professional_learning


def _problem(acting: Acting, accepted: LinkSettings, chosen: list[LinkChoice]) -> str:
    """Return what keeps the choice from being sent, in words."""
    if not chosen:
        return str(gettext("Choose what the link should open."))
    if len(chosen) > 1 and not accepted.accepts_several:
        return str(gettext("The LMS takes one link at a time here. Choose one."))
    if not _is_marked(acting) and "mark" not in request.form:
        return str(
            gettext("Say first that this course is professional learning: until then the links open for nobody.")
        )
    return ""


def _show(acting: Acting, problem: str = "") -> str:
    return render_template(
        "launch/choose.html",
        choices=CHOICES,
        accepted=_accepted(acting),
        chosen=request.form.getlist("kind"),
        is_marked=_is_marked(acting),
        context=acting.launch.context,
        origin=None if _is_marked(acting) else origin_course(acting.db, acting.launch),
        problem=problem,
    )


def _item(choice: LinkChoice, accepted: LinkSettings) -> Item:
    title, kind = str(choice.title), choice.kind.value
    line_item = None
    if choice.has_line_item and accepted.accepts_line_items:
        line_item = {"label": title, "resourceId": f"like-goals-{kind}", "tag": "like-goals"}
    return content_item(settings().tool_url + LAUNCH_PATH, title, {"kind": kind}, line_item=line_item)


def _answer(acting: Acting, accepted: LinkSettings, items: list[Item], error: str = "") -> ResponseReturnValue:
    """Return the form that posts itself to the LMS."""
    launch = acting.launch
    deployment = acting.db.get_one(Deployment, launch.deployment_id)
    message = response_jwt(
        launch.registration,
        deployment.deployment_id,
        launch.deep_linking or {},
        items,
        key=signing_key(settings().keys_dir),
        error=error,
    )
    allow_forms(accepted.return_url, *launch.registration.frame_origins)
    return render_template("launch/return_links.html", return_url=accepted.return_url, message=message)
