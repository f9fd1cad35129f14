"""A practice LMS with one course, its people and a registered tool, and the steps of LTI as short calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from practice_lms.lti.vocabulary import CLIENT_ASSERTION, MediaType, Scope
from practice_lms.progress import State, activity_state
from practice_lms.state import Activity, Course, Flavour, LineItem, Lms, Tool, User
from tests.practice_lms.clock import Clock
from tests.practice_lms.stub_tool import StubTool

URL = "http://lms.test"


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

    def start(self) -> dict[str, str]:
        """Return the login initiation of the activity."""
        return self.login_form(f"/launch/activities/{self.activity.id}")[1]

    def ask(self, **changed: str | None) -> TestResponse:
        """Start the activity and answer with an authentication request in which something is changed or left out."""
        return self.authorize(self.authentication_request(self.start(), **changed))

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

    def state_of(self, login: str = "ana") -> State:
        """Return how far somebody is with the activity."""
        return activity_state(self.lms, self.activity, self.person(login).id)

    def grade_of(self, login: str = "ana") -> float | None:
        return self.lms.grade(self.column.id, self.person(login).id).score


def message(answer: TestResponse) -> str:
    """Return what one of Canvas's services says when it refuses."""
    return str(answer.get_json()["errors"]["message"])


def location(answer: TestResponse) -> tuple[str, dict[str, str]]:
    """Return where a redirect goes and with which query."""
    parts = urlsplit(answer.headers["Location"])
    return f"{parts.scheme}://{parts.netloc}{parts.path}", dict(parse_qsl(parts.query))
