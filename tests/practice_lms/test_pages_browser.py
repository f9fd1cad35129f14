"""The pages in a real Chromium: what a tool in a frame can ask of the page around it, and how the pages look to axe."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, expect

from practice_lms.canvas.api_keys import create_api_key
from practice_lms.district import course_by_label, user_by_login
from practice_lms.faults import Fault, Kind
from practice_lms.moodle.webservice_tokens import create_web_service_token
from practice_lms.server import RunningServer
from practice_lms.state import Flavour
from tests.practice_lms.browser import become
from tests.practice_lms.page_district import district_in_use
from tests.serving import serving

pytestmark = [
    pytest.mark.long,  # of the practice LMS alone; the journeys through it are played each time
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

TOOL_PAGE = """<!doctype html><html lang="en"><title>Tool</title>
<main><h1>Tool</h1><pre id="result"></pre></main><script>
const lms = LMS_ORIGIN;
const sibling = () => {
  try { return parent.frames["post_message_forwarding"]; } catch { return undefined; }
};
const ask = (target, message, targetOrigin) => new Promise((resolve) => {
  const message_id = crypto.randomUUID();
  addEventListener("message", ({ data, origin }) => {
    if (data.message_id === message_id) resolve({ ...data, message_id: undefined, origin });
  });
  setTimeout(() => resolve("no answer"), 4000);
  const send = () => target()?.postMessage({ ...message, message_id }, targetOrigin);
  setInterval(send, 200);  // the frame beside this one may not have loaded yet
  send();
});
const run = async () => {
  const put = await ask(sibling, { subject: "lti.put_data", key: "state_1", value: "abc" }, lms);
  const names = ["capabilities", "get", "parent_get", "unknown", "long", "nameless"];
  const answers = await Promise.all([
    ask(() => parent, { subject: "lti.capabilities" }, "*"),
    ask(sibling, { subject: "lti.get_data", key: "state_1" }, lms),
    ask(() => parent, { subject: "lti.get_data", key: "state_1" }, "*"),
    ask(sibling, { subject: "lti.get_data", key: "state_2" }, lms),
    ask(sibling, { subject: "lti.put_data", key: "state_3", value: "x".repeat(5000) }, lms),
    ask(sibling, { subject: "lti.get_data" }, lms),
  ]);
  parent.postMessage({ subject: "lti.frameResize", height: 321 }, "*");
  const result = Object.fromEntries(names.map((name, index) => [name, answers[index]]));
  document.getElementById("result").textContent = JSON.stringify({ put, ...result });
};
addEventListener("load", run);
</script></html>"""

CLOSING_PAGE = """<!doctype html><html lang="en"><title>Tool</title><button>Close</button><script>
document.querySelector("button").onclick = () => parent.postMessage({ subject: "org.imsglobal.lti.close" }, "*");
</script></html>"""


@contextmanager
def tool_site() -> Iterator[tuple[Flask, str]]:
    """Serve a small tool on another site than the LMS: `localhost` beside `127.0.0.1`."""
    app = Flask(__name__)
    app.add_url_rule("/register", "register", lambda: CLOSING_PAGE)
    app.add_url_rule("/login", "login", lambda: TOOL_PAGE.replace("LMS_ORIGIN", app.config["LMS"]), methods=["POST"])
    with serving(app, "localhost") as url:
        yield app, url


@contextmanager
def running(flavour: Flavour, storage: str = "on") -> Iterator[tuple[RunningServer, str]]:
    with tool_site() as (tool_app, tool_url), RunningServer(district_in_use(flavour)) as server:
        server.app.config["PLATFORM_STORAGE"] = storage
        tool_app.config["LMS"] = json.dumps(server.url)
        [tool] = server.lms.tools.values()
        tool.initiate_login_uri = f"{tool_url}/login"
        yield server, tool_url


def open_link(page: Page, server: RunningServer) -> dict[str, Any]:
    """Open the tool's activity and return what the tool was answered."""
    become(page, server, "Hana Kim")
    page.get_by_role("link", name="Questioning and discussion").click()
    page.get_by_role("link", name="My goals").click()
    result = page.frame_locator("iframe.tool-frame").locator("#result")
    expect(result).not_to_be_empty(timeout=10_000)
    answers: dict[str, Any] = json.loads(result.inner_text())
    return answers


def test_a_tool_in_canvas_stores_data_in_the_sibling_frame_and_reads_it_back(page):
    with running(Flavour.CANVAS) as (server, _):
        answers = open_link(page, server)

    supported = {each["subject"]: each.get("frame") for each in answers["capabilities"]["supported_messages"]}
    assert supported["lti.put_data"] == supported["lti.get_data"] == "post_message_forwarding"
    stored = {"key": "state_1", "value": "abc", "origin": server.url}
    assert answers["put"] == {"subject": "lti.put_data.response", **stored}
    assert answers["get"] == {"subject": "lti.get_data.response", **stored}
    assert answers["parent_get"] == answers["get"]
    assert answers["unknown"]["value"] is None
    assert answers["long"]["error"]["code"] == "storage_exhaustion"
    assert answers["nameless"]["error"]["code"] == "bad_request"


def test_a_tool_in_canvas_sets_the_height_of_its_frame(page):
    with running(Flavour.CANVAS) as (server, _):
        open_link(page, server)
        expect(page.locator("iframe.tool-frame")).to_have_css("height", "321px")


def test_what_a_tool_stored_is_hidden_from_a_tool_of_another_origin(page):
    with running(Flavour.CANVAS) as (server, _):
        open_link(page, server)
        stored = page.evaluate("Object.keys(localStorage)")
        [tool] = server.lms.tools.values()
        origin = tool.initiate_login_uri.removesuffix("/login")

    assert stored == [f"practice-lms {origin} state_1"]


def test_with_storage_off_the_tool_learns_that_it_has_none(page):
    with running(Flavour.CANVAS, "off") as (server, _):
        answers = open_link(page, server)

    assert {each["subject"] for each in answers["capabilities"]["supported_messages"]} == {
        "lti.capabilities",
        "lti.frameResize",
    }
    assert answers["put"] == answers["get"] == "no answer"


def test_silent_storage_answers_nothing_as_the_mobile_apps_do(page):
    with running(Flavour.CANVAS, "silent") as (server, _):
        answers = open_link(page, server)

    assert set(answers.values()) == {"no answer"}


def test_moodle_answers_no_messages_and_keeps_the_height_of_the_frame(page):
    with running(Flavour.MOODLE) as (server, _):
        answers = open_link(page, server)
        expect(page.locator("iframe.tool-frame")).not_to_have_css("height", "321px")

    assert set(answers.values()) == {"no answer"}


@pytest.mark.parametrize("flavour", Flavour)
def test_the_page_goes_back_to_the_list_when_the_tool_says_that_it_is_registered(page, flavour):
    with running(flavour) as (server, tool_url):
        become(page, server, "Zola Dlamini")
        page.goto(f"{server.url}/tools")
        page.get_by_label("Registration URL of the tool").fill(f"{tool_url}/register")
        page.get_by_role("button", name="Add the tool").click()
        page.frame_locator("iframe").get_by_role("button", name="Close").click()
        page.wait_for_url(f"{server.url}/tools")


def test_one_becomes_somebody_else_from_the_bar_and_stays_on_the_page(page):
    with running(Flavour.MOODLE) as (server, _):
        course = course_by_label(server.lms, "PD102")
        become(page, server, "Hana Kim")
        page.goto(f"{server.url}/courses/{course.id}/groups")
        page.get_by_text("Change person").click()
        page.get_by_label("Who you are").get_by_role("button", name="Yuki Tanaka").click()

        expect(page.get_by_text("You are Yuki Tanaka")).to_be_visible()
        assert page.url.startswith(f"{server.url}/courses/{course.id}/groups")


@pytest.mark.parametrize("flavour", Flavour)
def test_axe_finds_nothing_and_nothing_runs_out_of_the_page_at_any_width(page, flavour):
    with running(flavour) as (server, _):
        course = course_by_label(server.lms, "PD102")
        create_api_key(server.lms, "Like Goals REST", "https://tool.example.test/callback")
        create_web_service_token(server.lms, user_by_login(server.lms, "zola.dlamini"))
        server.app.extensions["faults"].add(Fault(Kind.DELAY, "/nowhere"))
        become(page, server, "Zola Dlamini")
        paths = ["", "/people", "/groups", "/gradebook"]
        for path in (
            *(f"/courses/{course.id}{path}" for path in paths),
            "/",
            "/courses",
            "/tools",
            "/connections",
            "/faults",
        ):
            page.goto(server.url + path)
            assert (path, Axe().run(page).response["violations"]) == (path, [])
            for width in (360, 700, 1280):
                page.set_viewport_size({"width": width, "height": 800})
                too_wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
                assert (path, width, too_wide) == (path, width, False)
