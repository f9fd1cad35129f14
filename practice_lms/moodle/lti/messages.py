"""The login initiation and the id_token of a Moodle launch (mod/lti/locallib.php, lti_build_login_request)."""

from __future__ import annotations

import json
import secrets
from typing import Any

from practice_lms.lti import gradebook
from practice_lms.lti.records import Launch
from practice_lms.lti.vocabulary import (
    AGS_CLAIM,
    AGS_SCOPES,
    CLAIM,
    DEEP_LINKING_CLAIM,
    NRPS_CLAIM,
    VERSION,
    Message,
)
from practice_lms.moodle.lti import urls
from practice_lms.moodle.lti.errors import SITE
from practice_lms.moodle.lti.roles import launch_roles
from practice_lms.moodle.lti.substitution import Scene, custom, line_item_url, names_roster, sends_email, sends_names
from practice_lms.state import Lms

LIFE_SECONDS = 60


def login_fields(lms: Lms, launch: Launch) -> dict[str, str]:
    """Return the fields of the login initiation; the launch waits under its one-shot `launchid`."""
    launch_id = f"ltilaunch{launch.activity_id or '_ContentItemSelectionRequest'}_{secrets.randbelow(10**9)}"
    lms.lti.launches[launch_id] = launch
    hint: dict[str, Any] = {"cmid": launch.activity_id} if launch.activity_id else {}
    tool = lms.tools[launch.tool_id]
    return {
        "iss": lms.issuer,
        "target_link_uri": launch.target_link_uri,
        "login_hint": str(launch.user_id),
        "lti_message_hint": json.dumps(hint | {"launchid": launch_id}, separators=(",", ":")),
        "client_id": tool.client_id,
        "lti_deployment_id": tool.deployment_id,
    }


def claims(lms: Lms, launch: Launch, nonce: str) -> dict[str, Any]:
    """Return everything that the id_token says."""
    course = lms.courses[launch.course_id or 0]
    activity = lms.activities.get(launch.activity_id or 0)
    scene = Scene(lms, lms.tools[launch.tool_id], course, lms.users[launch.user_id], activity)
    return (
        _envelope(scene, launch, nonce) | _context(scene) | _person(scene) | _services(scene) | _message(scene, launch)
    )


def _envelope(scene: Scene, launch: Launch, nonce: str) -> dict[str, Any]:
    now = int(scene.lms.clock().timestamp())
    return {
        "nonce": nonce,
        "iat": now,
        "exp": now + LIFE_SECONDS,
        "iss": scene.lms.issuer,
        "aud": scene.tool.client_id,
        "sub": str(scene.user.id),
        f"{CLAIM}deployment_id": scene.tool.deployment_id,
        f"{CLAIM}target_link_uri": launch.target_link_uri,
        f"{CLAIM}message_type": launch.message,
        f"{CLAIM}version": VERSION,
        f"{CLAIM}custom": custom(scene),
    }


def _context(scene: Scene) -> dict[str, Any]:
    course = scene.course
    return {
        f"{CLAIM}roles": launch_roles(course, scene.user),
        f"{CLAIM}context": {
            "id": str(course.id),
            "label": course.label,
            "title": course.title,
            "type": ["CourseSection"],
        },
        f"{CLAIM}lis": {"person_sourcedid": scene.user.sis_id, "course_section_sourcedid": course.sis_id},
        f"{CLAIM}tool_platform": {
            "product_family_code": "moodle",
            "version": "2024100706",
            "guid": scene.lms.opaque_id("site", 1)[:32],
            "name": SITE,
            "description": SITE,
        },
    }


def _person(scene: Scene) -> dict[str, Any]:
    user, said = scene.user, dict[str, Any]()
    ext = {"lms": "moodle-2"}
    if sends_names(scene.tool):
        said |= {"given_name": user.given_name, "family_name": user.family_name, "name": user.name}
        ext = {"user_username": user.login} | ext
    if sends_email(scene.tool):
        said["email"] = user.email
    return {**said, f"{CLAIM}ext": ext}


def _services(scene: Scene) -> dict[str, Any]:
    tool, course, said = scene.tool, scene.course, dict[str, Any]()
    if granted := [scope for scope in AGS_SCOPES if scope in tool.scopes]:
        line_items = urls.line_items(scene.lms, tool, course.id)
        said[AGS_CLAIM] = {"scope": granted, "lineitems": line_items}
        if (line_item := line_item_url(scene)) is not None:
            said[AGS_CLAIM]["lineitem"] = line_item
    if names_roster(scene):
        address = urls.memberships(scene.lms, tool, course.id)
        said[NRPS_CLAIM] = {"context_memberships_url": address, "service_versions": ["1.0", "2.0"]}
    return said


def _message(scene: Scene, launch: Launch) -> dict[str, Any]:
    if launch.message is Message.DEEP_LINKING:
        return {
            f"{CLAIM}launch_presentation": {"locale": "en"},
            f"{DEEP_LINKING_CLAIM}deep_linking_settings": _deep_linking_settings(scene, launch),
        }
    return _resource_link(scene, launch)


def _resource_link(scene: Scene, launch: Launch) -> dict[str, Any]:
    activity = scene.activity
    if activity is None:
        return {}
    identity = gradebook.link_id(scene.lms, activity)
    container = 4 if launch.new_window else 3
    back = f"course={scene.course.id}&launch_container={container}&instanceid={identity}&sesskey={launch.session_key}"
    return {
        f"{CLAIM}resource_link": {"title": activity.title, "description": activity.body, "id": identity},
        f"{CLAIM}launch_presentation": {
            "locale": "en",
            "document_target": "window" if launch.new_window else "iframe",
            "return_url": f"{scene.lms.url}/mod/lti/return.php?{back}",
        },
    }


def _deep_linking_settings(scene: Scene, launch: Launch) -> dict[str, Any]:
    query = f"course={scene.course.id}&id={scene.tool.id}&sesskey={launch.session_key}"
    return {
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["frame", "iframe", "window"],
        "accept_copy_advice": False,
        "accept_multiple": True,
        "accept_unsigned": False,
        "auto_create": False,
        "can_confirm": False,
        "deep_link_return_url": f"{scene.lms.url}/mod/lti/contentitem_return.php?{query}",
        "title": "",
        "text": "",
    }
