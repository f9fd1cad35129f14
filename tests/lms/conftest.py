"""Practice LMSs of both flavours behind real sockets, with the tool registered in them, for the LMS clients."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.wrappers import Request

from lti_tool.db import utc_now
from lti_tool.lms.advantage import Advantage, Result
from lti_tool.lms.platform import Platform, Scope, SigningKey
from lti_tool.lms.rest import CompletionRead, CourseQuestion, GroupSpec, RestSide, rest_side
from lti_tool.lms.tokens import AccessTokens
from practice_lms.canvas.lti import urls as canvas_urls
from practice_lms.district import build_district, course_by_label, user_by_login
from practice_lms.faults import Fault, Kind
from practice_lms.keys import PlatformKeys
from practice_lms.moodle.lti import urls as moodle_urls
from practice_lms.progress import grade_changed
from practice_lms.server import RunningServer
from practice_lms.state import Activity, Course, Flavour, LineItem, Lms, Requirement, Tool, User
from tests.lms_fixtures import ADMINISTRATOR, EDUCATOR, rest_credentials
from tests.serving import serving

HOSTS = frozenset({"127.0.0.1"})
SECRET = "s" * 40
ANA, BEN, CHLOE, DEV = "ana.ruiz", "ben.okafor", "chloe.nguyen", "dev.patel"
OUTSIDER = "xavier.hill"
TOKEN: tuple[int, dict[str, str], bytes] = (200, {}, b'{"access_token": "t", "expires_in": 3600}')


def read_course(rest: RestSide, course_id: str, user_ids: Sequence[str]) -> CompletionRead:
    """Return what the LMS says of these members of one course; raise what came in the way."""
    reads = rest.read_completions([CourseQuestion(course_id, tuple(user_ids), frozenset(user_ids))])
    if reads.trouble is not None:
        raise reads.trouble
    return reads.courses[course_id]


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


def page(*items: Any, link: str = "") -> tuple[int, dict[str, str], bytes]:
    """Return the answer that is one page of a list."""
    return (200, {"Link": link} if link else {}, json.dumps(items).encode())


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

    def send(self, item: LineItem, login: str = EDUCATOR, **details: Any) -> None:
        """Send a score as the tool does."""
        details = {"timestamp": utc_now(), "achieved_at": utc_now() - timedelta(hours=1), **details}
        self.advantage.send_score(self.url_of(item), user_id=self.user(login).lti_id, **details)

    def results(self, item: LineItem, login: str = EDUCATOR) -> list[Result]:
        return self.advantage.results(self.url_of(item), user_id=self.user(login).lti_id)

    def reads(self, *logins: str, label: str = "PD101") -> CompletionRead:
        return read_course(self.rest, str(course_by_label(self.lms, label).id), self.ids(*logins))

    def spec(self, *logins: str, team: int = 17, **more: Any) -> GroupSpec:
        return GroupSpec(f"like-goals-team-{team}", f"Blue heron {team}", tuple(self.ids(*logins)), **more)

    def grade(self, item: LineItem, login: str):
        return self.lms.grade(item.id, self.user(login).id)

    def grade_by_hand(self, item: LineItem, login: str, score: float) -> None:
        grade = self.grade(item, login)
        grade.score, grade.overridden = score, True
        grade_changed(self.lms, item, self.user(login).id)


def connect_rest(lms: Lms, platform: Platform, login: str = ADMINISTRATOR) -> Platform:
    """Return the platform with access to its REST side as this person."""
    return replace(platform, rest=rest_credentials(lms, user_by_login(lms, login)))


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
        yield World(server, tool, connect_rest(lms, platform), AccessTokens(database, SECRET))


@pytest.fixture
def moodle(sample, database, key_pairs, jwks_url, signing_key) -> Iterator[World]:
    yield from _world(Flavour.MOODLE, sample.registration, database, key_pairs, jwks_url, signing_key)


@pytest.fixture
def canvas(sample, database, key_pairs, jwks_url, signing_key) -> Iterator[World]:
    yield from _world(Flavour.CANVAS, sample.registration, database, key_pairs, jwks_url, signing_key)


@pytest.fixture(params=["moodle", "canvas"])
def world(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def scripted(sample, database, signing_key):
    """Return `advantage(pages)`: a platform whose line items are these answers."""

    def advantage(url: str) -> Advantage:
        platform = Platform(
            id=sample.registration.id, district_id=1, family="other", issuer=url, client_id="c",
            token_url=f"{url}/token", signing_key=signing_key, scopes=frozenset({*Scope}),
            private_hosts=frozenset({"127.0.0.1", "localhost"}),
        )  # fmt: skip
        return Advantage(platform, AccessTokens(database, SECRET))

    return advantage
