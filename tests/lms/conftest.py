"""Practice LMSs of both flavours behind real sockets, with the tool registered in them, for the LMS clients."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from werkzeug.wrappers import Request

from lti_tool.lms.advantage import Advantage
from lti_tool.lms.platform import Platform, RestCredentials, Scope, SigningKey
from lti_tool.lms.rest import RestSide, rest_side
from lti_tool.lms.tokens import AccessTokens
from practice_lms.canvas import api_keys
from practice_lms.canvas.lti import urls as canvas_urls
from practice_lms.connections import ApiGrant
from practice_lms.district import build_district, course_by_label, user_by_login
from practice_lms.faults import Fault, Kind
from practice_lms.keys import PlatformKeys
from practice_lms.moodle.lti import urls as moodle_urls
from practice_lms.moodle.webservice_tokens import create_web_service_token
from practice_lms.progress import grade_changed
from practice_lms.server import RunningServer
from practice_lms.state import Activity, Course, Flavour, LineItem, Lms, Requirement, Tool, User
from tests.serving import serving

HOSTS = frozenset({"127.0.0.1"})
SECRET = "s" * 40
REDIRECT = "http://localhost/lms/canvas/callback"


@contextmanager
def answering(answers: dict[str, tuple[int, dict[str, str], bytes]]) -> Iterator[tuple[str, list[Any]]]:
    """Serve fixed answers by path; yield the address and what was asked."""
    asked: list[tuple[str, str, bytes, Any]] = []

    def answer(environ, start_response):
        request = Request(environ)
        path = environ["RAW_URI"]
        asked.append((request.method, path, request.get_data(), request.headers))
        status, headers, content = answers.get(path) or answers.get(path.split("?")[0], (404, {}, b"not here"))
        start_response(f"{status} Fixed", [*headers.items(), ("Content-Length", str(len(content)))])
        return [content]

    with serving(answer) as url:
        yield url, asked


@pytest.fixture(scope="session")
def key_pairs() -> tuple[PlatformKeys, PlatformKeys]:
    return PlatformKeys(), PlatformKeys()


@pytest.fixture(scope="session")
def jwks_url(key_pairs) -> Iterator[str]:
    body = json.dumps(key_pairs[1].key_set()).encode()
    with answering({"/jwks": (200, {"Content-Type": "application/json"}, body)}) as (url, _asked):
        yield f"{url}/jwks"


@pytest.fixture(scope="session")
def signing_key(key_pairs) -> SigningKey:
    kid, pair = list(key_pairs[1].pairs.items())[-1]
    return SigningKey(kid, pair)


@dataclass
class World:
    """One practice LMS, the tool in it, and the tool's clients for it."""

    server: RunningServer
    tool: Tool
    platform: Platform
    tokens: AccessTokens

    @property
    def lms(self) -> Lms:
        return self.server.lms

    @property
    def is_canvas(self) -> bool:
        return self.lms.flavour is Flavour.CANVAS

    @property
    def advantage(self) -> Advantage:
        return Advantage(self.platform, self.tokens)

    @property
    def rest(self) -> RestSide:
        side = rest_side(self.platform)
        assert side is not None
        return side

    @property
    def course(self) -> Course:
        return course_by_label(self.lms, "PD101")

    def user(self, login: str) -> User:
        return user_by_login(self.lms, login)

    def ids(self, *logins: str) -> list[str]:
        return [str(self.user(login).id) for login in logins]

    def fault(self, kind: Kind, prefix: str = "/", **options: Any) -> None:
        self.server.app.extensions["faults"].add(Fault(kind, prefix, **options))

    @property
    def line_items_url(self) -> str:
        if self.is_canvas:
            return canvas_urls.line_items(self.lms, self.course.id)
        return moodle_urls.line_items(self.lms, self.tool, self.course.id)

    @property
    def memberships_url(self) -> str:
        if self.is_canvas:
            return canvas_urls.memberships(self.lms, self.course.id)
        return moodle_urls.memberships(self.lms, self.tool, self.course.id)

    @property
    def services(self) -> str:
        return "/api/lti/courses" if self.is_canvas else "/mod/lti/services.php"

    def url_of(self, item: LineItem) -> str:
        if self.is_canvas:
            return canvas_urls.line_item(self.lms, item)
        return moodle_urls.line_item(self.lms, self.tool, item)

    def place_link(self, *, published: bool = True, maximum: float = 100) -> LineItem:
        """Add a link of the tool to the course, with a column, as deep linking does."""
        number, column = self.lms.new_id(), self.lms.new_id()
        link_id = str(number) if not self.is_canvas else f"link-{number}"
        self.lms.activities[number] = Activity(
            number, self.course.id, "Course goals", Requirement.GRADE, published=published, tool_id=self.tool.id,
            resource_link_id=link_id,
        )  # fmt: skip
        item = LineItem(
            column, self.course.id, "Course goals", maximum, self.tool.id, number, coupled=True,
            resource_link_id=link_id, published=published,
        )  # fmt: skip
        self.lms.line_items[column] = item
        return item

    def grade(self, item: LineItem, login: str):
        return self.lms.grade(item.id, self.user(login).id)

    def grade_by_hand(self, item: LineItem, login: str, score: float) -> None:
        grade = self.grade(item, login)
        grade.score, grade.overridden = score, True
        grade_changed(self.lms, item, self.user(login).id)


def _connect_rest(lms: Lms, platform: Platform, login: str = "zola.dlamini") -> Platform:
    user = user_by_login(lms, login)
    if lms.flavour is Flavour.MOODLE:
        return replace(platform, rest=RestCredentials(lms.url, create_web_service_token(lms, user)))
    key = api_keys.create_api_key(lms, "Like Goals", REDIRECT)
    grant = ApiGrant(key.client_id, user.id, [])
    credentials = RestCredentials(
        lms.url, api_keys.issue_token(lms, grant), key.client_id, key.secret, api_keys.issue_refresh_token(lms, grant)
    )
    return replace(platform, rest=credentials)


def _world(flavour: Flavour, registration, database, key_pairs, jwks_url, signing_key) -> Iterator[World]:
    server = RunningServer(build_district(flavour, "http://practice.invalid", PlatformKeys(dict(key_pairs[0].pairs))))
    lms = server.lms
    number = lms.new_id()
    tool = Tool(
        number, f"client-{number}", str(number), "Like Goals", "localhost", "http://localhost/lti/login",
        "http://localhost/lti/launch", ["http://localhost/lti/launch"], jwks_url, [scope.value for scope in Scope],
        ["name", "given_name", "family_name", "email"], {}, [], active=True,
    )  # fmt: skip
    lms.tools[number] = tool
    token_path = "/login/oauth2/token" if flavour is Flavour.CANVAS else "/mod/lti/token.php"
    platform = Platform(
        id=registration.id, district_id=registration.district_id, family=flavour.value, issuer=lms.issuer,
        client_id=tool.client_id, token_url=lms.url + token_path, signing_key=signing_key,
        deployment_id=tool.deployment_id, scopes=frozenset(scope.value for scope in Scope), private_hosts=HOSTS,
    )  # fmt: skip
    with server:
        yield World(server, tool, _connect_rest(lms, platform), AccessTokens(database, SECRET))


@pytest.fixture
def moodle(sample, database, key_pairs, jwks_url, signing_key) -> Iterator[World]:
    yield from _world(Flavour.MOODLE, sample.registration, database, key_pairs, jwks_url, signing_key)


@pytest.fixture
def canvas(sample, database, key_pairs, jwks_url, signing_key) -> Iterator[World]:
    yield from _world(Flavour.CANVAS, sample.registration, database, key_pairs, jwks_url, signing_key)


@pytest.fixture(params=["moodle", "canvas"])
def world(request):
    return request.getfixturevalue(request.param)
