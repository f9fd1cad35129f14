"""The administrator adds a tool, and the tool registers itself."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

from tests.practice_lms.lti_world import World, location


def begin(world: World, url: str = "http://tool.test/register?invitation=1") -> dict[str, str]:
    world.sign_in("adam")
    answer = world.client.get("/launch/register", query_string={"url": url, "type": "0"})
    assert answer.status_code == 302
    address, query = location(answer)
    assert address == "http://tool.test/register"
    return query


def register(world: World, token: str, body: dict[str, Any], path: str) -> TestResponse:
    return world.client.post(path, json=body, headers={"Authorization": f"Bearer {token}"})
