"""Launches inside the frame of another site, in a real browser: with cookies, with platform storage, with neither."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Error, Page, expect

from lti_tool.launch.models import LinkKind
from practice_lms.state import Flavour
from tests.lms_fixtures import ADMINISTRATOR, EDUCATOR, PracticeLms

pytestmark = pytest.mark.browser
TOOL = "iframe.tool-frame"
NO_COOKIES = "Object.defineProperty(document, 'cookie', {get: () => '', set: () => {}});"


@pytest.fixture
def cookies_dropped(page: Page, app: Flask) -> Iterator[Callable[[PracticeLms], None]]:
    """Return a function that makes the browser one that keeps no cookies of framed pages: none is stored or sent."""
    whole = app.wsgi_app

    def without_cookies(environ, start_response):
        if environ.get("HTTP_SEC_FETCH_DEST") != "iframe":
            return whole(environ, start_response)
        environ.pop("HTTP_COOKIE", None)

        def start(status, headers, *rest):
            return start_response(status, [each for each in headers if each[0] != "Set-Cookie"], *rest)

        return whole(environ, start)

    def drop(lms: PracticeLms) -> None:
        is_framed = f"location.origin === '{lms.tool_url}' && window.parent !== window"
        page.add_init_script(f"if ({is_framed}) {{ {NO_COOKIES} }}")

    app.wsgi_app = without_cookies  # type: ignore[method-assign]
    yield drop
    app.wsgi_app = whole  # type: ignore[method-assign]


def sign_in(page: Page, lms, login: str) -> None:
    page.request.post(f"{lms.url}/people/{lms.user(login).id}/sign-in", max_redirects=0)


def open_activity(page: Page, lms, link) -> None:
    sign_in(page, lms, EDUCATOR)
    page.goto(f"{lms.url}/courses/{link.course_id}/activities/{link.id}")


def session_address(page: Page, lms) -> str:
    """Return where the frame of the tool is once a session has opened in it."""
    frame = page.locator(TOOL).element_handle().content_frame()
    assert frame is not None
    try:
        frame.wait_for_url(f"{lms.tool_url}/s/**", timeout=20_000)
    except Error as stuck:
        raise AssertionError(f"The frame stands at {frame.url}:\n{frame.content()}") from stuck
    return frame.url


def test_a_framed_launch_opens_with_a_partitioned_cookie(page, any_lms):
    link = any_lms.place_link(LinkKind.PLAN)

    open_activity(page, any_lms, link)

    address = session_address(page, any_lms)
    assert any(cookie["name"].startswith("lg_") for cookie in page.context.cookies(address))


def test_a_link_of_a_framed_page_opens_in_a_tab_of_its_own_and_works_there(page, any_lms):
    link = any_lms.place_link(LinkKind.PLAN)
    open_activity(page, any_lms, link)
    address = session_address(page, any_lms)

    with page.context.expect_page() as opened:
        page.frame_locator(TOOL).get_by_role("link", name="Goals board").first.click(modifiers=["Control"])
    tab = opened.value
    tab.wait_for_load_state()

    expect(tab.get_by_role("heading", level=1)).to_have_text("Goals board")
    tab.get_by_role("link", name="My data").first.click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Everything that is held about me")
    assert tab.url.startswith(address.split("?")[0].rstrip("/"))


def test_a_framed_launch_without_cookies_is_finished_by_platform_storage(page, cookies_dropped, canvas_lms):
    link = canvas_lms.place_link(LinkKind.PLAN)
    cookies_dropped(canvas_lms)

    open_activity(page, canvas_lms, link)

    address = session_address(page, canvas_lms)
    assert not any(cookie["name"].startswith("lg_") for cookie in page.context.cookies(address))


def test_a_framed_launch_with_neither_goes_on_in_a_window_of_its_own(page, cookies_dropped, moodle_lms):
    link = moodle_lms.place_link(LinkKind.PLAN)
    cookies_dropped(moodle_lms)

    open_activity(page, moodle_lms, link)
    button = page.frame_locator(TOOL).get_by_role("button", name="Open in a new window")
    expect(button).to_be_visible()
    with page.context.expect_page() as opened:
        button.click()

    expect(opened.value.get_by_role("heading", level=1)).to_be_visible()
    assert "/s/" in opened.value.url


@pytest.mark.parametrize("flavour", list(Flavour))
def test_a_registration_closes_its_own_frame(flavour, page, run_lms):
    lms = run_lms(flavour)
    sign_in(page, lms, ADMINISTRATOR)
    page.goto(f"{lms.url}/tools/add?url={lms.invitation_url().replace('?', '%3F').replace('=', '%3D')}")

    page.frame_locator(TOOL).get_by_role("button", name="Add Like Goals").click()

    expect(page.locator("iframe")).to_have_count(0)
