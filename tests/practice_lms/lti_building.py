"""The world of the LTI tests as it begins: a course, its people, and a tool with a link and a column in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

from practice_lms.keys import PlatformKeys
from practice_lms.lti.vocabulary import TOOL_CONFIGURATION, Message, Scope
from practice_lms.state import Activity, Course, Enrolment, Flavour, LineItem, Lms, Requirement, Tool, User
from tests.practice_lms.clock import Clock
from tests.practice_lms.lti_world import URL, World
from tests.practice_lms.stub_tool import StubTool

EVERY_SCOPE = [str(scope) for scope in Scope]


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
    clock = Clock(datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
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
