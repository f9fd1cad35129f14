"""The login initiation and the id_token of a Canvas launch.

Sources: app/models/lti/lti_advantage_adapter.rb, lib/lti/messages/jwt_message.rb, resource_link_request.rb.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from flask import current_app

from practice_lms.canvas.lti import urls
from practice_lms.canvas.lti.deep_linking_settings import settings
from practice_lms.canvas.lti.roles import launch_roles
from practice_lms.canvas.lti.substitution import ACCOUNT, Scene, context_id, expanded, subject
from practice_lms.lti import gradebook
from practice_lms.lti.launches import placed
from practice_lms.lti.records import Launch
from practice_lms.lti.sealed import seal
from practice_lms.lti.vocabulary import (
    AGS_CLAIM,
    AGS_SCOPES,
    CLAIM,
    DEEP_LINKING_CLAIM,
    LIS,
    NRPS_CLAIM,
    VERSION,
    Message,
    Scope,
)
from practice_lms.state import Lms, Tool

HINT_LIFE = timedelta(minutes=5)
LIFE_SECONDS = 3600
STORAGE_TARGET = "post_message_forwarding"
NOTICE_TYPES = ("LtiHelloWorldNotice", "LtiContextCopyNotice")
NOISE: dict[str, Any] = {"errors": {"errors": {}}, "validation_context": None}
"""What Canvas's serializer leaves in several claims."""


def storage_target() -> dict[str, str]:
    """Return the field that offers platform storage, unless it is off (lib/lti/platform_storage.rb)."""
    return {} if current_app.config["PLATFORM_STORAGE"] == "off" else {"lti_storage_target": STORAGE_TARGET}


def login_hint(lms: Lms, user_id: int) -> str:
    """Return the opaque id by which a login initiation names the user."""
    return lms.opaque_id("user", user_id)


def login_fields(lms: Lms, launch: Launch) -> dict[str, str]:
    """Return the fields of the login initiation; the hint is signed, good for five minutes and for one launch."""
    verifier = secrets.token_hex(32)
    lms.lti.launches[verifier] = launch
    tool = lms.tools[launch.tool_id]
    return {
        "iss": lms.issuer,
        "login_hint": login_hint(lms, launch.user_id),
        "client_id": tool.client_id,
        "deployment_id": tool.deployment_id,
        "target_link_uri": launch.target_link_uri,
        "lti_message_hint": seal(lms, HINT_LIFE, verifier=verifier, context_id=launch.course_id),
        "canvas_environment": "prod",
        "canvas_region": "not_configured",
        **storage_target(),
    }


def claims(lms: Lms, launch: Launch, nonce: str) -> dict[str, Any]:
    """Return everything that the id_token says."""
    course = lms.courses.get(launch.course_id or 0)
    group, activity = lms.groups.get(launch.group_id or 0), lms.activities.get(launch.activity_id or 0)
    scene = Scene(lms, lms.users[launch.user_id], course, activity, group)
    tool = lms.tools[launch.tool_id]
    return {
        **_envelope(scene, tool, launch, nonce),
        **_context(scene, launch),
        **_person(scene, tool),
        **_services(scene, tool),
        **_message(scene, tool, launch),
    }


def _envelope(scene: Scene, tool: Tool, launch: Launch, nonce: str) -> dict[str, Any]:
    now = int(scene.lms.clock().timestamp())
    return {
        "aud": tool.client_id,
        "azp": tool.client_id,
        "iss": scene.lms.issuer,
        "sub": subject(scene.user, scene.course),
        "iat": now,
        "exp": now + LIFE_SECONDS,
        "nonce": nonce,
        "locale": "en",
        f"{CLAIM}message_type": launch.message,
        f"{CLAIM}version": VERSION,
        f"{CLAIM}deployment_id": tool.deployment_id,
        f"{CLAIM}target_link_uri": launch.target_link_uri,
        f"{CLAIM}roles": launch_roles(scene.lms, scene.course, scene.user),
        f"{CLAIM}custom": _custom(scene, tool, launch),
        f"{CLAIM}lti11_legacy_user_id": login_hint(scene.lms, scene.user.id),
        f"{CLAIM}lti1p1": {"user_id": login_hint(scene.lms, scene.user.id), **NOISE},
    }


def _custom(scene: Scene, tool: Tool, launch: Launch) -> dict[str, Any]:
    # The activity's values, from deep linking, go over the placement's, and these over the tool's.
    message = placed(tool, launch.message, launch.placement) or {}
    given = tool.custom | message.get("custom_parameters", {}) | (scene.activity.custom if scene.activity else {})
    return {key: expanded(scene, str(text)) for key, text in given.items()}


def _context(scene: Scene, launch: Launch) -> dict[str, Any]:
    lms, (where, described) = scene.lms, _place(scene)
    said = {
        f"{CLAIM}context": {"id": context_id(scene), **described, **NOISE},
        f"{CLAIM}tool_platform": {
            "guid": f"{lms.opaque_id('account', ACCOUNT)}:canvas-lms",
            "name": "Practice Canvas",
            "version": "cloud",
            "product_family_code": "canvas",
            **NOISE,
        },
        f"{CLAIM}launch_presentation": {
            "document_target": "window" if launch.new_window else "iframe",
            "return_url": f"{lms.url}{where}/external_content/success/external_tool_redirect",
            "locale": "en",
            "height": 500,
            "width": 500,
            **NOISE,
        },
    }
    return said | ({"https://www.instructure.com/placement": launch.placement} if launch.placement else {})


def _place(scene: Scene) -> tuple[str, dict[str, Any]]:
    """Return the path of the course, the group or the account, and how its context is described."""
    if scene.group:  # only a course has a code to be its label (jwt_message.rb)
        return f"/groups/{scene.group.id}", {"title": scene.group.name, "type": ["Group"]}
    if scene.course:
        kind = f"{LIS}course#CourseOffering"
        return f"/courses/{scene.course.id}", {
            "label": scene.course.label,
            "title": scene.course.title,
            "type": [kind],
        }
    return f"/accounts/{ACCOUNT}", {"label": "Practice Canvas", "title": "Practice Canvas", "type": ["Account"]}


def _person(scene: Scene, tool: Tool) -> dict[str, Any]:
    # sub is always there; the rest follows the privacy level of the tool.
    user, level, said = scene.user, tool.privacy_level, dict[str, Any]()
    if level in ("public", "name_only"):
        said |= {"name": user.name, "given_name": user.given_name, "family_name": user.family_name}
        said[f"{CLAIM}lis"] = {
            "person_sourcedid": user.sis_id or "$Person.sourcedId",
            "course_offering_sourcedid": (scene.course and scene.course.sis_id) or "$CourseSection.sourcedId",
            **NOISE,
        }
    if level in ("public", "email_only"):
        said["email"] = user.email
    if level == "public":
        said["picture"] = f"{scene.lms.url}/images/messages/avatar-50.png"
        said[f"{CLAIM}role_scope_mentor"] = []
    return said


def _services(scene: Scene, tool: Tool) -> dict[str, Any]:
    lms, group, said = scene.lms, scene.group, dict[str, Any]()
    if Scope.NOTICE_HANDLERS in tool.scopes:
        said[f"{CLAIM}platformnotificationservice"] = {
            "service_versions": ["1.0"],
            "platform_notification_service_url": urls.notice_handlers(lms, tool),
            "scope": [Scope.NOTICE_HANDLERS],
            "notice_types_supported": list(NOTICE_TYPES),
            **NOISE,
        }
    course_id = scene.course.id if scene.course else group and group.course_id
    if not course_id:
        return said
    if granted := [scope for scope in AGS_SCOPES if scope in tool.scopes]:
        said[AGS_CLAIM] = {"scope": granted, "lineitems": urls.line_items(lms, course_id), **_line_item(scene), **NOISE}
    if Scope.MEMBERSHIP_READ in tool.scopes:
        address = urls.group_memberships(lms, group.id) if group else urls.memberships(lms, course_id)
        said[NRPS_CLAIM] = {"context_memberships_url": address, "service_versions": ["2.0"], **NOISE}
    return said


def _line_item(scene: Scene) -> dict[str, str]:
    found = gradebook.linked_columns(scene.lms, scene.activity) if scene.activity else []
    return {"lineitem": urls.line_item(scene.lms, found[0])} if found else {}


def _message(scene: Scene, tool: Tool, launch: Launch) -> dict[str, Any]:
    if launch.message is Message.DEEP_LINKING:
        return {f"{DEEP_LINKING_CLAIM}deep_linking_settings": settings(scene.lms, tool, launch)}
    # Everything but an assignment or a link has the id of its context (resource_link_request.rb).
    activity = scene.activity
    identity = gradebook.link_id(scene.lms, activity) if activity else context_id(scene)
    title = activity.title if activity else _place(scene)[1]["title"]
    return {f"{CLAIM}resource_link": {"id": identity, "title": title, "description": None, **NOISE}}
