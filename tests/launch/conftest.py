"""The running parts that tests of launches ask for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.wrappers import Request, Response

from lti_tool.launch.key_sets import KeySets
from lti_tool.launch.operations.courses import create_course
from lti_tool.launch.views import blueprints
from lti_tool.people.models import District
from practice_lms.keys import PlatformKeys
from tests.launch.signing_platform import SigningPlatform
from tests.lms_fixtures import any_lms, canvas_lms, moodle_lms, platform_keys, run_lms, tool_server
from tests.serving import serving

__all__ = ["any_lms", "canvas_lms", "moodle_lms", "platform_keys", "run_lms", "tool_server"]


@dataclass
class KeyServer:
    """Publishes key sets over HTTP, and counts how often it was asked."""

    url: str = ""
    sets: dict[str, PlatformKeys] = field(default_factory=dict)
    status: int = 200
    asked: int = 0

    def __call__(self, environ, start_response):
        self.asked += 1
        keys = self.sets.get(Request(environ).path.strip("/"))
        body = json.dumps(keys.key_set() if keys else {"error": "none here"})
        return Response(body, status=self.status, content_type="application/json")(environ, start_response)


@pytest.fixture(scope="session")
def _running_key_server() -> Iterator[KeyServer]:
    keys = KeyServer()
    with serving(keys) as keys.url:
        yield keys


@pytest.fixture
def key_server(_running_key_server: KeyServer, app: Flask) -> KeyServer:
    """Return the server of key sets; the tool has seen none of them yet."""
    server = _running_key_server
    server.sets, server.status, server.asked = {}, 200, 0
    app.extensions["key_sets"] = KeySets(blueprints.fetch_json)
    return server


@pytest.fixture
def new_platform(database, key_server, platform_keys) -> Callable[..., SigningPlatform]:
    """Return `new_platform(**details)`: registers a signing platform with a district of its own."""

    def make(*, staff_only: bool = False, deployed: bool = True, **details) -> SigningPlatform:
        client_id = details.setdefault("client_id", "client-1")
        key_server.sets[client_id] = keys = PlatformKeys(dict(platform_keys.pairs))
        platform = SigningPlatform(f"{key_server.url}/{client_id}", keys, **details)
        with database.transaction() as db:
            district = District(name=f"District of {client_id}")
            db.add(district)
            db.flush()
            return platform.registered(db, district, staff_only=staff_only, deployed=deployed)

    return make


@pytest.fixture
def platform(new_platform: Callable[..., SigningPlatform]) -> SigningPlatform:
    return new_platform()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def marked_course(database, platform) -> int:
    """Mark the course of `SigningPlatform.claims` as professional learning; return its id."""
    with database.transaction() as db:
        registration = db.merge(platform.registration)
        context = {"id": "course-1", "title": "A course"}
        return create_course(db, registration, registration.deployments[0], context).id
