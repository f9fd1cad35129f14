"""Placing links in a course: the designer chooses, the LMS gets a signed answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import EXCLUDE, ValidationError

from lti_tool.errors import ConflictError
from lti_tool.launch import names
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.launch.addresses import LAUNCH_PATH
from lti_tool.launch.headers import allow_forms
from lti_tool.launch.keys import tool_keys
from lti_tool.launch.links import CHOICES, LinkChoice, LinkSettings, read_settings
from lti_tool.launch.models import Deployment
from lti_tool.launch.operations.courses import mark_course
from lti_tool.launch.protocol.deep_linking import ALWAYS, Item, LinkTimes, content_item, response_jwt
from lti_tool.launch.queries import origin_course
from lti_tool.launch.schemas import LinkForm
from lti_tool.launch.views.blueprints import settings

deep_linking_bp = Blueprint("deep_linking", __name__)


@dataclass(frozen=True, slots=True)
class _Obstacle:
    """Why no link can be placed: a code for the LMS's log, words for whoever chooses."""

    code: str
    words: str


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
    obstacle = _obstacle(acting, accepted)
    if obstacle is not None:
        said = {names.DEEP_LINKING_ERROR: obstacle.words, names.DEEP_LINKING_ERROR_LOG: obstacle.code}
        return _answer(acting, accepted, [], said)
    if "cancel" in request.form:
        return _answer(acting, accepted, [], {names.DEEP_LINKING_MESSAGE: str(gettext("Nothing was placed."))})
    chosen = [choice for choice in CHOICES if choice.kind in request.form.getlist("kind")]
    opens, errors = _opens()
    problem = _problem(acting, accepted, chosen)
    if problem or errors:
        return _show(acting, problem, errors), 422
    if not _is_marked(acting):
        mark_course(acting.db, acting.person, acting.launch)
    placed = gettext("Placed: %(titles)s.", titles=", ".join(str(choice.title) for choice in chosen))
    items = [_item(acting, choice, accepted, opens) for choice in chosen]
    return _answer(acting, accepted, items, {names.DEEP_LINKING_MESSAGE: str(placed)})


def _accepted(acting: Acting) -> LinkSettings:
    if acting.launch.deep_linking is None:
        raise ConflictError("This session was not opened to place a link. Start from the course again.")
    return read_settings(acting.launch.deep_linking)


def _obstacle(acting: Acting, accepted: LinkSettings) -> _Obstacle | None:
    """Return why no link can be placed whatever is chosen; the LMS is told."""
    if not acting.launch.context:
        return _Obstacle("no_course", str(gettext("Links are placed in courses. Start from a course.")))
    if not accepted.accepts_links:
        words = gettext(
            "The LMS takes no links of this kind here. Start from the list of activities or assignments of the course."
        )
        return _Obstacle("accept_types_without_links", str(words))
    return None


def _opens() -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Return how and when the links shall open, or what is wrong with it by field."""
    try:
        return LinkForm(unknown=EXCLUDE).load(request.form.to_dict()), {}
    except ValidationError as error:
        return {}, cast("dict[str, list[str]]", error.messages)


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


def _show(acting: Acting, problem: str = "", errors: Mapping[str, list[str]] | None = None) -> str:
    return render_template(
        "launch/choose.html",
        obstacle=_obstacle(acting, _accepted(acting)),
        errors=errors or {},
        time_zone=acting.launch.time_zone,
        choices=CHOICES,
        accepted=_accepted(acting),
        chosen=request.form.getlist("kind"),
        is_marked=_is_marked(acting),
        context=acting.launch.context,
        origin=None if _is_marked(acting) else origin_course(acting.db, acting.launch),
        problem=problem,
    )


def _item(acting: Acting, choice: LinkChoice, accepted: LinkSettings, opens: Mapping[str, Any]) -> Item:
    title, kind = str(choice.title), choice.kind.value
    target = opens["target"] if opens["target"] in accepted.targets else ""
    line_item, times = None, ALWAYS
    if choice.has_line_item and accepted.accepts_line_items:
        line_item = {"label": title, "resourceId": f"like-goals-{kind}", "tag": "like-goals"}
        zone = ZoneInfo(acting.launch.time_zone)
        given = (opens[name] for name in ("available_from", "available_until", "due"))
        times = LinkTimes(*(each.replace(tzinfo=zone) if each else None for each in given))
    url = settings().tool_url + LAUNCH_PATH
    return content_item(url, title, {"kind": kind}, line_item=line_item, target=target, times=times)


def _answer(acting: Acting, accepted: LinkSettings, items: list[Item], said: Mapping[str, str]) -> ResponseReturnValue:
    """Return the form that posts itself to the LMS."""
    launch = acting.launch
    deployment = acting.db.get_one(Deployment, launch.deployment_id)
    message = response_jwt(
        launch.registration,
        deployment.deployment_id,
        launch.deep_linking or {},
        items,
        key=tool_keys(settings()).signing(),
        said=said,
    )
    allow_forms(accepted.return_url, *launch.registration.frame_origins)
    return render_template("launch/return_links.html", return_url=accepted.return_url, message=message)
