"""Tools, connections and faults on their pages, and what scripts may read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from practice_lms.app import create_app
from practice_lms.district import course_by_label, user_by_login
from practice_lms.state import Flavour, Lms, Tool
from tests.practice_lms.page_district import SCORE, district_in_use


@pytest.fixture(params=Flavour)
def lms(request: pytest.FixtureRequest) -> Lms:
    return district_in_use(request.param)


@pytest.fixture
def moodle() -> Lms:
    return district_in_use(Flavour.MOODLE)


@pytest.fixture
def canvas() -> Lms:
    return district_in_use(Flavour.CANVAS)


def only_tool(lms: Lms) -> Tool:
    [tool] = lms.tools.values()
    return tool


def client_of(lms: Lms, login: str, **settings: str) -> FlaskClient:
    app = create_app(lms)
    app.config.update(settings)
    client = app.test_client()
    client.post(f"/people/{user_by_login(lms, login).id}/sign-in")
    return client


def read(client: FlaskClient, what: str) -> Any:
    return json.loads(client.get(f"/practice/state/{what}").text)


def test_the_administrator_sees_what_a_tool_was_granted_and_turns_it_off_and_on(lms):
    client, tool = client_of(lms, "zola.dlamini"), only_tool(lms)

    shown = client.get("/tools").text
    client.post(f"/tools/{tool.id}/active")

    assert SCORE in shown
    assert "sub, name" in shown
    assert not tool.active


def test_a_learner_cannot_turn_a_tool_off(lms):
    assert client_of(lms, "hana.kim").post(f"/tools/{only_tool(lms).id}/active").status_code == 403
    assert only_tool(lms).active


def test_adding_a_tool_opens_its_registration_in_a_frame(lms):
    url = "https://tool.example.test/register?invitation=a"

    shown = client_of(lms, "zola.dlamini").get("/tools/add", query_string={"url": url}).text

    assert 'src="/launch/register?url=https://tool.example.test/register?invitation%3Da"' in shown


def test_a_tool_that_is_off_is_not_offered_and_not_launched(lms):
    only_tool(lms).active = False
    client, course = client_of(lms, "yuki.tanaka"), course_by_label(lms, "PD102")
    link = lms.activities_of(course.id)[-1]

    assert "No tool is active" in client.get(f"/courses/{course.id}").text
    assert "<iframe" not in client.get(f"/courses/{course.id}/activities/{link.id}").text


def test_an_activity_for_a_new_window_is_a_link_and_no_frame(lms):
    course = course_by_label(lms, "PD102")
    link = lms.activities_of(course.id)[-1]
    link.new_window = True

    shown = client_of(lms, "hana.kim").get(f"/courses/{course.id}/activities/{link.id}").text

    assert "<iframe" not in shown
    assert f'href="/launch/activities/{link.id}" target="_blank"' in shown


def test_course_navigation_starts_as_the_registration_says_and_follows_the_teacher(canvas):
    course, tool = course_by_label(canvas, "PD102"), only_tool(canvas)
    client, address = client_of(canvas, "yuki.tanaka"), f"/courses/{course.id}/tools/{tool.id}"

    before = client.get(address).status_code
    client.post(f"/courses/{course.id}/navigation/{tool.id}")
    shown = client.get(address)
    client.post(f"/courses/{course.id}/navigation/{tool.id}")

    assert (before, shown.status_code) == (404, 200)
    assert f'src="/launch/courses/{course.id}/tools/{tool.id}"' in shown.text
    assert client.get(address).status_code == 404


def test_moodle_has_no_course_navigation_for_tools(moodle):
    course, tool = course_by_label(moodle, "PD102"), only_tool(moodle)
    course.navigation[tool.id] = True

    assert client_of(moodle, "yuki.tanaka").get(f"/courses/{course.id}/tools/{tool.id}").status_code == 404


def test_canvas_shows_a_tool_for_the_account_and_moodle_does_not(canvas, moodle):
    shown = {
        each.flavour: client_of(each, "zola.dlamini").get(f"/tools/{only_tool(each).id}/account").text
        for each in (canvas, moodle)
    }

    assert "/launch/account/tools/" in shown[Flavour.CANVAS]
    assert "/launch/account/tools/" not in shown[Flavour.MOODLE]


@pytest.mark.parametrize(("setting", "frames"), [("on", 2), ("silent", 2), ("off", 1)])
def test_the_storage_frame_stands_beside_the_tool_unless_it_is_off(canvas, setting, frames):
    course = course_by_label(canvas, "PD102")
    link = canvas.activities_of(course.id)[-1]
    client = client_of(canvas, "hana.kim", PLATFORM_STORAGE=setting)

    shown = client.get(f"/courses/{course.id}/activities/{link.id}").text

    assert shown.count("<iframe") == frames
    assert client.get("/platform-storage").status_code == (404 if setting == "off" else 200)


def test_moodle_has_no_platform_storage_and_answers_no_messages(moodle):
    course = course_by_label(moodle, "PD102")
    link = moodle.activities_of(course.id)[-1]
    client = client_of(moodle, "hana.kim")

    shown = client.get(f"/courses/{course.id}/activities/{link.id}").text

    assert "post_message_forwarding" not in shown
    assert "tool_frame.js" not in shown
    assert client.get("/platform-storage").status_code == 404


def test_the_administrator_of_moodle_makes_a_web_service_token(moodle):
    client = client_of(moodle, "zola.dlamini")

    client.post("/connections/tokens", data={"user_id": user_by_login(moodle, "zola.dlamini").id})

    [token] = moodle.connections.web_service_tokens
    assert token in client.get("/connections").text
    assert client.post("/connections/tokens", data={"user_id": 999}).status_code == 400


def test_the_administrator_of_canvas_makes_an_api_key(canvas):
    client = client_of(canvas, "zola.dlamini")
    form = {"name": "Like Goals REST", "redirect_uri": "https://tool.example.test/lms/canvas/callback"}

    client.post("/connections/api-keys", data=form)

    [key] = canvas.connections.api_keys.values()
    shown = client.get("/connections").text
    assert key.client_id in shown
    assert key.secret in shown
    assert client.post("/connections/api-keys", data={"name": "nameless"}).status_code == 400


def test_each_flavour_makes_its_own_kind_of_connection_only(canvas, moodle):
    number = user_by_login(canvas, "zola.dlamini").id

    assert client_of(canvas, "zola.dlamini").post("/connections/tokens", data={"user_id": number}).status_code == 400
    form = {"name": "a", "redirect_uri": "https://tool.example.test"}
    assert client_of(moodle, "zola.dlamini").post("/connections/api-keys", data=form).status_code == 400


def test_faults_are_switched_on_and_off_from_their_page(lms):
    client = client_of(lms, "hana.kim")
    form = {"kind": "delay", "path_prefix": "/nowhere", "times": "2", "seconds": "0.5"}

    client.post("/faults", data=form)
    [fault] = client.application.extensions["faults"].active()
    shown = client.get("/faults").text
    client.post("/faults/clear")

    assert (fault.kind, fault.path_prefix, fault.times, fault.seconds) == ("delay", "/nowhere", 2, 0.5)
    assert "<code>/nowhere</code>" in shown
    assert client.application.extensions["faults"].active() == []


@pytest.mark.parametrize("form", [{"kind": "earthquake"}, {"kind": "refuse", "times": "often"}])
def test_a_fault_that_makes_no_sense_is_refused(lms, form):
    assert client_of(lms, "hana.kim").post("/faults", data=form).status_code == 400


def test_scripts_read_people_and_courses(lms):
    client = create_app(lms).test_client()

    people = {each["login"]: each for each in read(client, "people")}
    courses = {each["label"]: each for each in read(client, "courses")}

    assert people["hana.kim"]["lti_id"] == user_by_login(lms, "hana.kim").lti_id
    assert courses["PD102"]["people"]["hana.kim"] == "student"
    assert courses["PD102"]["progress"]["hana.kim"]["completed"] == 3
    assert courses["PD102"]["activities"][-1]["tool_id"] == only_tool(lms).id


def test_scripts_read_gradebook_and_groups(lms):
    client, course = create_app(lms).test_client(), course_by_label(lms, "PD102")

    gradebook = read(client, f"gradebook?course={course.id}")
    groups = read(client, f"groups?course={course.id}")

    assert [each["label"] for each in gradebook["line_items"]] == ["Check: kinds of question", "My goals"]
    assert [(each["login"], each["score"], each["writes"]) for each in gradebook["grades"]] == [("hana.kim", 100.0, 0)]
    assert [each["name"] for each in groups["sets"]] == ["Like goals"]
    assert groups["sets"][0]["groups"][0]["members"] == ["farah.siddiqui", "hana.kim"]


def test_a_script_that_names_no_course_is_told_so(lms):
    assert create_app(lms).test_client().get("/practice/state/gradebook").status_code == 404
