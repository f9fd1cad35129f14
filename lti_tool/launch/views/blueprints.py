"""The blueprints of the LTI endpoints, and the page for whatever is refused there."""

from __future__ import annotations

import logging

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue

from config import Config
from lti_tool.errors import LaunchError, LMSError
from lti_tool.launch.headers import allow_frames
from lti_tool.launch.key_sets import KeySets
from lti_tool.lms.http import gateway

logger = logging.getLogger("lti_tool.launch")

lti_bp = Blueprint("lti", __name__)
lms_bp = Blueprint("lms", __name__)

OWN_ROOM = "own_room"
"""Where the application keeps its `OwnRoom`: teams are known only to a layer above."""


def settings() -> Config:
    """Return the settings of this application."""
    found: Config = current_app.extensions["settings"]
    return found


def key_sets() -> KeySets:
    """Return the key sets that this process keeps."""
    found: KeySets = current_app.extensions.setdefault("key_sets", KeySets(fetch_json))
    return found


def parameter(name: str) -> str:
    """Return a parameter of a protocol message, which LMSs send by GET or by POST."""
    source = request.args if request.method == "GET" else request.form
    return source.get(name, "").replace("\0", "")


def is_framed() -> bool:
    """Return whether the browser says that it loads this page into a frame."""
    return request.headers.get("Sec-Fetch-Dest", "") in {"iframe", "frame"}


def log_launch(step: str, reason: str, **ids: object) -> None:
    """Write the one line that each login, launch and registration leaves: a reason and ids, nothing personal."""
    told = " ".join(f"{name}={value}" for name, value in ids.items())
    logger.info("%s reason=%s %s", step, reason, told)


def fetch_json(url: str) -> tuple[object, dict[str, str]]:
    """Return a JSON document of an LMS with the headers it came with."""
    answer = gateway(settings().lti_private_hosts).send("GET", url, headers={"Accept": "application/json"})
    return answer.json(), dict(answer.headers)


@lti_bp.errorhandler(LaunchError)
def show_refusal(error: LaunchError) -> ResponseReturnValue:
    """Say readably why the door stayed shut; the page has nothing to click on, so its sender may frame it."""
    log_launch(request.endpoint or "lti", error.reason)
    allow_frames(request.headers.get("Origin", ""), parameter("iss"))
    return render_template("launch/refused.html", message=error.message, reason=error.reason), error.status


@lti_bp.errorhandler(LMSError)
def show_lms_error(error: LMSError) -> ResponseReturnValue:
    """Say that the LMS did not play along while the tool was being registered."""
    log_launch(request.endpoint or "lti", error.code)
    allow_frames(request.headers.get("Origin", ""), request.values.get("openid_configuration", ""))
    return render_template("launch/refused.html", message=error.message, reason=error.code), error.status
