"""A teacher chooses content in a tool, and the tool answers."""

from __future__ import annotations

import uuid
from typing import Any

from werkzeug.test import TestResponse

from practice_lms.lti.vocabulary import CLAIM, DEEP_LINKING_CLAIM, VERSION
from tests.practice_lms.lti_world import URL, World

SETTINGS = f"{DEEP_LINKING_CLAIM}deep_linking_settings"


ITEM: dict[str, Any] = {
    "type": "ltiResourceLink",
    "title": "Goal 42",
    "text": "Show my goal",
    "url": "http://tool.test/launch?goal=42",
    "custom": {"goal_id": "42", "lid": "$ResourceLink.id"},
    "lineItem": {"scoreMaximum": 50, "label": "Evidence", "resourceId": "goal-42", "tag": "pgp"},
    "window": {"targetName": "_blank"},
}


def select(world: World, query: str = "") -> dict[str, Any]:
    return world.launch(f"/launch/courses/{world.course.id}/tools/{world.tool.id}/select{query}")


def answer_of(world: World, items: list[dict[str, Any]] | None, **changed: Any) -> dict[str, Any]:
    now = int(world.clock().timestamp())
    claims = {
        "iss": world.tool.client_id,
        "aud": URL,
        "iat": now,
        "exp": now + 60,
        "nonce": str(uuid.uuid4()),
        f"{CLAIM}deployment_id": world.tool.deployment_id,
        f"{CLAIM}message_type": "LtiDeepLinkingResponse",
        f"{CLAIM}version": VERSION,
        f"{DEEP_LINKING_CLAIM}content_items": items,
    } | changed
    return {name: value for name, value in claims.items() if value is not None}


def respond(
    world: World, items: list[dict[str, Any]] | None, query: str = "", kid: str | None = None, **changed: Any
) -> TestResponse:
    address = select(world, query)[SETTINGS]["deep_link_return_url"]
    token = world.stub.sign(answer_of(world, items, **changed), kid)
    return world.client.post(world.path_of(address), data={"JWT": token})


def added(world: World) -> list[Any]:
    return [each for each in world.lms.activities_of(world.course.id) if each is not world.activity]
