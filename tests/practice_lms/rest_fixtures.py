"""A small LMS of either flavour for the tests of web services and REST: two courses, seven people, a clock to turn."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask.testing import FlaskClient

from practice_lms.app import create_app
from practice_lms.canvas.api_keys import create_api_key, issue_token
from practice_lms.connections import ApiGrant, ApiKey
from practice_lms.keys import PlatformKeys
from practice_lms.moodle.webservice_tokens import create_web_service_token
from practice_lms.state import Activity, Course, Enrolment, Flavour, LineItem, Lms, Requirement, User
from tests.practice_lms.clock import Clock

START = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
REDIRECT_URI = "https://tool.example/lms/canvas/callback"
ADMINISTRATOR, TEACHER, ADA, BEN, CAY, STRANGER = 901, 902, 903, 904, 905, 906
PD, PLAIN = 801, 802
READ, QUIZ = 701, 702


KEY_PAIRS = PlatformKeys().pairs
"""Made once: a key pair takes longer than a test."""


@dataclass
class Practice:
    """An LMS, its clock, a client without a person, and short ways to ask it."""

    lms: Lms
    clock: Clock
    client: FlaskClient
    tokens: dict[int, str] = field(default_factory=dict)
    key: ApiKey | None = None

    def call(self, function: str, _caller: int = ADMINISTRATOR, **fields: object) -> Any:
        """Call a Moodle function; `groups__0__name` stands for `groups[0][name]`."""
        form = {"wstoken": self.web_service_token(_caller), "wsfunction": function, "moodlewsrestformat": "json"}
        for name, value in fields.items():
            first, *rest = name.split("__")
            form[first + "".join(f"[{each}]" for each in rest)] = str(value)
        answer = self.client.post("/webservice/rest/server.php", data=form)
        assert answer.status_code == 200
        return answer.json

    def web_service_token(self, user_id: int) -> str:
        if user_id not in self.tokens:
            self.tokens[user_id] = create_web_service_token(self.lms, self.lms.users[user_id])
        return self.tokens[user_id]

    def rest(self, method: str, path: str, caller: int = TEACHER, **options: Any) -> Any:
        """Ask Canvas's REST API as somebody; Any, because `json` of a test response may be None."""
        headers = {"Authorization": f"Bearer {self.api_token(caller)}"} | options.pop("headers", {})
        return self.client.open(path, method=method, headers=headers, **options)

    def api_token(self, user_id: int, scopes: tuple[str, ...] = ()) -> str:
        """Return an access token as if the person had pressed Allow."""
        if self.key is None:
            self.key = create_api_key(self.lms, "Like Goals", REDIRECT_URI, scopes)
        if user_id not in self.tokens:
            self.tokens[user_id] = issue_token(self.lms, ApiGrant(self.key.client_id, user_id, list(scopes)))
        return self.tokens[user_id]

    def create_group(self, name: str, idnumber: str = "") -> int:
        """Make a group in Moodle."""
        fields: dict[str, Any] = {"groups__0__courseid": PD, "groups__0__name": name, "groups__0__description": "Team"}
        return int(self.call("core_group_create_groups", **fields, groups__0__idnumber=idnumber)[0]["id"])

    def make_category(self) -> int:
        """Make a set of groups in Canvas."""
        answer = self.rest("POST", f"/api/v1/courses/{PD}/group_categories", data={"name": "Like goals"})
        return int(answer.json["id"])

    def make_group(self, category: int, name: str = "Literacy") -> int:
        return int(self.rest("POST", f"/api/v1/group_categories/{category}/groups", data={"name": name}).json["id"])

    def put_members(self, group: int, *members: object) -> Any:
        return self.rest("PUT", f"/api/v1/groups/{group}", data={"members[]": [str(each) for each in members]})

    def members_of(self, group: int) -> list[int]:
        return [each["id"] for each in self.rest("GET", f"/api/v1/groups/{group}/users").json]

    def user(self, user_id: int) -> User:
        return self.lms.users[user_id]

    def sign_in(self, user_id: int) -> None:
        with self.client.session_transaction() as session:
            session["user_id"] = user_id


def make_practice(flavour: Flavour) -> Practice:
    """Return an LMS with a course that tracks progress (a page to view, a quiz to pass) and one that does not."""
    clock = Clock(START)
    lms = Lms(flavour, "http://lms.example", PlatformKeys(dict(KEY_PAIRS)), clock)
    people = {ADMINISTRATOR: "Zola", TEACHER: "Tess", ADA: "Ada", BEN: "Ben", CAY: "Cay", STRANGER: "Sid"}
    for user_id, name in people.items():
        email = f"{name.lower()}@district.example"
        lms.users[user_id] = User(
            user_id, f"lti-{user_id}", name.lower(), name, "Example", email, f"SIS-{name}", "North", "Teacher"
        )
    lms.users[ADMINISTRATOR].administrator = True
    roles = {TEACHER: Enrolment.TEACHER, ADA: Enrolment.STUDENT, BEN: Enrolment.STUDENT, CAY: Enrolment.STUDENT}
    lms.courses[PD] = Course(PD, "context-801", "PD101", "Formative assessment", "SIS-PD101", enrolments=dict(roles))
    lms.courses[PLAIN] = Course(
        PLAIN, "context-802", "PLAIN", "No tracking", completion_enabled=False, enrolments=roles
    )
    lms.activities[READ] = Activity(READ, PD, "Read the unit", Requirement.VIEW)
    lms.activities[QUIZ] = Activity(QUIZ, PD, "Show what you know", Requirement.PASS, pass_grade=70)
    lms.line_items[601] = LineItem(601, PD, "Show what you know", 100, None, QUIZ, coupled=True)
    return Practice(lms, clock, create_app(lms).test_client())


def enrol_many(practice: Practice, number: int) -> None:
    """Enrol students with the ids 2000 and on."""
    for user_id in range(2000, 2000 + number):
        login = f"u{user_id}"
        practice.lms.users[user_id] = User(user_id, f"lti-{user_id}", login, "Una", "Z", "u@d.example", "", "N", "T")
        practice.lms.courses[PD].enrolments[user_id] = Enrolment.STUDENT
