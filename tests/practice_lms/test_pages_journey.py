"""From registration to a learner's launch, by hand in a real Chromium with a tool on another site."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from practice_lms.cedar_valley import ADMINISTRATOR
from practice_lms.district import build_district, course_by_label, user_by_login
from practice_lms.keys import PlatformKeys
from practice_lms.server import RunningServer
from practice_lms.state import Flavour
from tests.practice_lms.browser import become
from tests.practice_lms.small_tool import SmallTool, running_tool

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
KEYS = PlatformKeys()


@pytest.fixture(params=Flavour)
def server(request: pytest.FixtureRequest) -> Iterator[RunningServer]:
    with RunningServer(build_district(request.param, "", KEYS)) as running:
        yield running


@pytest.fixture
def tool() -> Iterator[SmallTool]:
    with running_tool() as running:
        yield running


def register(page: Page, server: RunningServer, tool: SmallTool) -> None:
    become(page, server, "Zola Dlamini")
    page.goto(f"{server.url}/tools")
    page.get_by_label("Registration URL of the tool").fill(f"{tool.url}/register")
    page.get_by_role("button", name="Add the tool").click()
    page.wait_for_url(f"{server.url}/tools")
    page.get_by_role("button", name="Small tool").click()


def add_activity(page: Page, server: RunningServer) -> None:
    become(page, server, "Yuki Tanaka")
    page.get_by_role("link", name="Restorative practices").click()
    page.get_by_role("region", name="Add an activity").get_by_role("link", name="Small tool").click()
    frame = page.frame_locator("iframe.tool-frame")
    frame.get_by_role("button", name="Choose this").click()
    if server.lms.flavour is Flavour.MOODLE:
        frame.get_by_role("button", name="Save and return to course").click()
    else:
        frame.get_by_role("link", name="Continue to the course").click()
        page.get_by_role("button", name="Publish Goals here", exact=True).click()
    expect(page.get_by_role("link", name="Goals here")).to_be_visible()


def test_a_tool_is_registered_turned_on_and_shown_with_what_it_was_granted(page, server, tool):
    register(page, server, tool)

    [registered] = server.lms.tools.values()
    assert registered.active
    assert (registered.name, registered.client_id) == ("Small tool", tool.client_id)
    expect(page.get_by_text(registered.client_id)).to_be_visible()
    expect(page.get_by_text("https://purl.imsglobal.org/spec/lti-ags/scope/lineitem").first).to_be_visible()


def test_a_designer_adds_content_of_the_tool_and_lands_on_the_course(page, server, tool):
    register(page, server, tool)

    add_activity(page, server)

    course = course_by_label(server.lms, "PD103")
    added = server.lms.activities_of(course.id)[-1]
    assert (added.title, added.published) == ("Goals here", True)
    assert page.url == f"{server.url}/courses/{course.id}"


def test_a_learner_launches_the_tool_inside_its_frame(page, server, tool):
    register(page, server, tool)
    add_activity(page, server)

    become(page, server, "Noor Alami")
    page.get_by_role("link", name="Restorative practices").click()
    page.get_by_role("link", name="Goals here").click()

    frame = page.frame_locator("iframe.tool-frame")
    expect(frame.locator("#name")).to_have_text("Noor Alami")
    expect(frame.locator("#roles")).to_contain_text("Learner")


def test_a_learner_opens_the_tool_in_a_new_window(page, server, tool):
    register(page, server, tool)
    add_activity(page, server)

    become(page, server, "Noor Alami")
    page.get_by_role("link", name="Restorative practices").click()
    page.get_by_role("link", name="Goals here").click()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open in a new window instead").click()

    expect(opened.value.locator("#name")).to_have_text("Noor Alami")


def test_a_tool_in_canvas_navigation_launches_for_a_learner(page, tool):
    with RunningServer(build_district(Flavour.CANVAS, "", KEYS)) as server:
        register(page, server, tool)
        become(page, server, "Noor Alami")
        page.get_by_role("link", name="Restorative practices").click()
        page.get_by_role("link", name="Small tool").click()

        expect(page.frame_locator("iframe.tool-frame").locator("#name")).to_have_text("Noor Alami")


def test_nobody_but_the_administrator_reaches_the_registration(server):
    client = server.app.test_client()
    client.post(f"/people/{user_by_login(server.lms, 'ana.ruiz').id}/sign-in")

    assert client.get("/tools").status_code == 403
    assert user_by_login(server.lms, ADMINISTRATOR).administrator
