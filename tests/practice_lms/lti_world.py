"""A practice LMS with one course, its people and a registered tool, and the steps of LTI as short calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from practice_lms.keys import PlatformKeys
from practice_lms.lti.vocabulary import CLIENT_ASSERTION, TOOL_CONFIGURATION, MediaType, Message, Scope
from practice_lms.state import Activity, Course, Enrolment, Flavour, LineItem, Lms, Requirement, Tool, User
from tests.practice_lms.stub_tool import StubTool

URL = "http://lms.test"
EVERY_SCOPE = [str(scope) for scope in Scope]


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


class _Form(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.action, self.method, self.fields = "", "", dict[str, str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "form":
            self.action, self.method = said.get("action") or "", said.get("method") or ""
        if tag == "input":
            self.fields[said.get("name") or ""] = said.get("value") or ""


def form(answer: TestResponse) -> tuple[str, dict[str, str]]:
    """Return the address and fields of the form that a page posts by itself."""
    assert answer.status_code == 200, answer.get_data(as_text=True)
    parser = _Form()
    parser.feed(answer.get_data(as_text=True))
    assert parser.method == "post"
    return parser.action, parser.fields


@dataclass
class World:
    """One practice LMS and everybody in it."""

    lms: Lms
    app: Flask
    stub: StubTool
    clock: Clock
    course: Course
    tool: Tool
    activity: Activity
    column: LineItem
    client: FlaskClient = field(init=False)
    tokens: dict[tuple[str, ...], tuple[datetime, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def person(self, login: str) -> User:
        return next(user for user in self.lms.users.values() if user.login == login)

    def sign_in(self, login: str) -> User:
        user = self.person(login)
        with self.client.session_transaction() as session:
            session["user_id"] = user.id
        return user

    def login_form(self, path: str) -> tuple[str, dict[str, str]]:
        return form(self.client.get(path))

    def authentication_request(self, login: dict[str, str], **changed: str | None) -> dict[str, str]:
        """Return what a tool sends to the authorization endpoint; None leaves a parameter out."""
        asked: dict[str, str | None] = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": login["client_id"],
            "redirect_uri": f"{self.stub.url}/launch",
            "login_hint": login["login_hint"],
            "lti_message_hint": login["lti_message_hint"],
            "state": "a-state",
            "nonce": "a-nonce",
        }
        return {name: value for name, value in (asked | changed).items() if value is not None}

    def authorize(self, asked: dict[str, str]) -> TestResponse:
        moodle = self.lms.flavour is Flavour.MOODLE
        path = "/mod/lti/auth.php" if moodle else "/api/lti/authorize"
        return self.client.get(path, query_string=asked)

    def launch(self, path: str | None = None) -> dict[str, Any]:
        """Return the claims of a whole launch of the activity, or of what a path starts."""
        _, login = self.login_form(path or f"/launch/activities/{self.activity.id}")
        _, fields = form(self.authorize(self.authentication_request(login)))
        return self.verified(fields["id_token"])

    def verified(self, token: str) -> dict[str, Any]:
        published = jwt.PyJWKSet.from_dict(self.lms.keys.key_set())
        key = published[jwt.get_unverified_header(token)["kid"]]
        unchecked: Any = {"verify_exp": False, "verify_iat": False, "verify_aud": False}
        return dict(jwt.decode(token, key, algorithms=["RS256"], options=unchecked))

    @property
    def token_path(self) -> str:
        return "/mod/lti/token.php" if self.lms.flavour is Flavour.MOODLE else "/login/oauth2/token"

    def ask_token(self, scopes: list[str] | None = None, kid: str | None = None, **changed: Any) -> TestResponse:
        """Ask for an access token with a client assertion; None leaves a claim out."""
        now = int(self.clock().timestamp())
        claims = self.stub.assertion(self.tool.client_id, f"{URL}{self.token_path}", now) | changed
        assertion = self.stub.sign({name: value for name, value in claims.items() if value is not None}, kid)
        asked = {
            "grant_type": "client_credentials",
            "client_assertion_type": CLIENT_ASSERTION,
            "client_assertion": assertion,
            "scope": " ".join(self.tool.scopes if scopes is None else scopes),
        }
        return self.client.post(self.token_path, data=asked)

    def bearer(self, *scopes: str) -> dict[str, str]:
        """Return the header with an access token, kept while it is good: Canvas throttles who asks too often."""
        ends_at, token = self.tokens.get(scopes, (self.clock(), ""))
        if self.clock() >= ends_at:
            answer = self.ask_token(list(scopes) or None)
            assert answer.status_code == 200, answer.get_data(as_text=True)
            token = answer.get_json(force=True)["access_token"]
            self.tokens[scopes] = (self.clock() + timedelta(hours=1), token)
        return {"Authorization": f"Bearer {token}"}

    def path_of(self, address: str) -> str:
        assert address.startswith(URL), address
        return address.removeprefix(URL)

    def line_item_path(self, item: LineItem | None = None, tail: str = "") -> str:
        """Return the path of a line item, or of its scores or results."""
        column = item or self.column
        if self.lms.flavour is Flavour.MOODLE:
            base = f"/mod/lti/services.php/{column.course_id}/lineitems/{column.id}/lineitem"
            return f"{base}{tail}?type_id={self.tool.id}"
        return f"/api/lti/courses/{column.course_id}/line_items/{column.id}{tail}"

    @property
    def line_items_path(self) -> str:
        if self.lms.flavour is Flavour.MOODLE:
            return f"/mod/lti/services.php/{self.course.id}/lineitems?type_id={self.tool.id}"
        return f"/api/lti/courses/{self.course.id}/line_items"

    @property
    def memberships_path(self) -> str:
        if self.lms.flavour is Flavour.MOODLE:
            return f"/mod/lti/services.php/CourseSection/{self.course.id}/bindings/{self.tool.id}/memberships"
        return f"/api/lti/courses/{self.course.id}/names_and_roles"

    def score(self, login: str = "ana", **changed: Any) -> dict[str, Any]:
        """Return a score that completes; None leaves a field out."""
        self.clock.forward(seconds=2)
        user = self.person(login)
        body = {
            "userId": str(user.id) if self.lms.flavour is Flavour.MOODLE else user.lti_id,
            "timestamp": self.clock().isoformat(timespec="milliseconds"),
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            "scoreGiven": 1,
            "scoreMaximum": 1,
        } | changed
        return {name: value for name, value in body.items() if value is not None}

    def post_score(self, body: dict[str, Any], item: LineItem | None = None) -> TestResponse:
        headers = self.bearer(Scope.SCORE)
        return self.client.post(
            self.line_item_path(item, "/scores"), json=body, headers=headers, content_type=MediaType.SCORE
        )

    def send_score(self, login: str = "ana", **changed: Any) -> TestResponse:
        return self.post_score(self.score(login, **changed))

    def grade_of(self, login: str = "ana") -> float | None:
        return self.lms.grade(self.column.id, self.person(login).id).score


def location(answer: TestResponse) -> tuple[str, dict[str, str]]:
    """Return where a redirect goes and with which query."""
    parts = urlsplit(answer.headers["Location"])
    return f"{parts.scheme}://{parts.netloc}{parts.path}", dict(parse_qsl(parts.query))


def registration_request(stub: StubTool) -> dict[str, Any]:
    """Return what a tool posts to register."""
    messages: list[dict[str, Any]] = [
        {"type": Message.RESOURCE_LINK, "placements": ["course_navigation", "account_navigation"]},
        {"type": Message.DEEP_LINKING, "target_link_uri": f"{stub.url}/select", "placements": ["link_selection"]},
    ]
    return {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": f"{stub.url}/login",
        "redirect_uris": [f"{stub.url}/launch"],
        "client_name": "Stub tool",
        "jwks_uri": f"{stub.url}/jwks",
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(EVERY_SCOPE),
        TOOL_CONFIGURATION: {
            "domain": urlsplit(stub.url).netloc,
            "target_link_uri": f"{stub.url}/launch",
            "custom_parameters": {"user": "$Canvas.user.id", "Context_id": "$Context.id"},
            "claims": ["iss", "sub", "name", "given_name", "family_name", "email"],
            "messages": messages,
        },
    }


PEOPLE = {
    "ana": Enrolment.STUDENT,
    "ben": Enrolment.STUDENT,
    "tess": Enrolment.TEACHER,
    "assi": Enrolment.ASSISTANT,
    "dora": Enrolment.DESIGNER,
    "adam": None,
    "olga": None,
}


def build(flavour: Flavour, keys: PlatformKeys, stub: StubTool, app: Flask) -> World:
    """Return a new world behind an app: ana and ben learn, the others are what their names begin with."""
    clock = Clock()
    lms = Lms(flavour, URL, keys, clock)
    course = Course(
        lms.new_id(), "", "PD101", "Formative assessment", "SIS-PD101", starts_at=clock() - timedelta(days=9)
    )
    course.context_id = str(course.id) if flavour is Flavour.MOODLE else lms.opaque_id("course", course.id)
    lms.courses[course.id] = course
    for login, enrolment in PEOPLE.items():
        _add(lms, course, login, enrolment)
    tool = _tool(lms, stub)
    activity = Activity(
        lms.new_id(), course.id, "Growth plan", Requirement.GRADE, tool_id=tool.id, custom={"goal": "42"}
    )
    lms.activities[activity.id] = activity
    column = LineItem(lms.new_id(), course.id, activity.title, 100.0, tool.id, activity.id, coupled=True)
    lms.line_items[column.id] = column
    app.extensions["lms"] = lms
    app.extensions.get("throttle", {}).clear()
    app.config["PLATFORM_STORAGE"] = "on"
    return World(lms, app, stub, clock, course, tool, activity, column)


def _add(lms: Lms, course: Course, login: str, enrolment: Enrolment | None) -> None:
    number = lms.new_id()
    lti_id = str(number) if lms.flavour is Flavour.MOODLE else f"sub-{login}"
    names = (login.title(), f"{login.title()}son", f"{login}@example.test", f"SIS-{login}")
    lms.users[number] = User(number, lti_id, login, *names, "North", "educator", administrator=login == "adam")
    if enrolment:
        course.enrolments[number] = enrolment


def _tool(lms: Lms, stub: StubTool) -> Tool:
    asked = registration_request(stub)
    described, number = asked[TOOL_CONFIGURATION], lms.new_id()
    moodle = lms.flavour is Flavour.MOODLE
    tool = Tool(
        number,
        "Ca28mrotlAvn7Bc" if moodle else str(10**13 + number),
        str(number) if moodle else f"{number}:{lms.opaque_id('account', 1)}",
        "Stub tool",
        described["domain"],
        asked["initiate_login_uri"],
        described["target_link_uri"],
        asked["redirect_uris"],
        asked["jwks_uri"],
        [scope for scope in EVERY_SCOPE if not moodle or scope != Scope.NOTICE_HANDLERS],
        described["claims"],
        described["custom_parameters"],
        described["messages"],
        active=True,
        deep_linking_uri=f"{stub.url}/select",
    )
    lms.tools[number] = tool
    return tool
