"""The whole way in a real Chromium that blocks third-party cookies: LMS and tool are different sites.

The LMS is at 127.0.0.1 and the tool at localhost, inside the LMS's page. How much the browser keeps there is set by
its preferences, and each kind of browser first shows with plain cookies that it blocks what it is meant to block.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import BrowserContext, BrowserType, FrameLocator, Page, Route, expect
from sqlalchemy import select
from werkzeug.wrappers import Request, Response

from lti_tool.launch.models import LaunchSession, Login
from practice_lms.state import Activity, Flavour
from tests.chromium import SWITCHES
from tests.lms_fixtures import EDUCATOR, PracticeLms, platform_keys, run_lms, tool_server
from tests.serving import serving

__all__ = ["platform_keys", "run_lms", "tool_server"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

PATIENCE = 30_000
"""Milliseconds for one step: a busy machine must not look like a blocked cookie."""
BLOCK = 2
"""Chromium's CONTENT_SETTING_BLOCK."""
NO_THIRD_PARTY_COOKIES = {"cookie_controls_mode": 1, "block_third_party_cookies": True}
"""Since this Chromium a frame of another site gets its Partitioned cookies (CHIPS) and no others."""


def blocked(pattern: str) -> dict[str, object]:
    """Return preferences that block every cookie and all storage for pairs of (site, page that it is in)."""
    return NO_THIRD_PARTY_COOKIES | {"content_settings": {"exceptions": {"cookies": {pattern: {"setting": BLOCK}}}}}


FORGETFUL = """
window.addEventListener("message", ({ data, origin, source }) => {
  if (!data.subject?.startsWith("lti.")) return;
  const value = data.subject === "lti.put_data" ? data.value : "guessed";
  source.postMessage({ subject: `${data.subject}.response`, message_id: data.message_id, value }, origin);
});
"""
"""A storage frame of an LMS that confirms everything and keeps nothing."""
PARTITIONED_ONLY = NO_THIRD_PARTY_COOKIES
NOTHING_IN_FRAMES = blocked("localhost,127.0.0.1")
NOTHING_AT_ALL = blocked("localhost,*")


def cookie_jar(environ, start_response):
    """Set a plain and a Partitioned cookie, and say which cookies came back."""
    response = Response(f"<p>{' '.join(sorted(Request(environ).cookies))}</p>", content_type="text/html")
    response.set_cookie("plain", "1", secure=True, samesite="None")
    response.set_cookie("split", "1", secure=True, samesite="None", partitioned=True)
    return response(environ, start_response)


def frame_around(environ, start_response):
    """Show the cookie jar in the frame of another site."""
    source = Request(environ).args.get("source", "about:blank")  # a browser asks for an icon too
    return Response(f'<iframe src="{source}"></iframe>', content_type="text/html")(environ, start_response)


@pytest.fixture(scope="session")
def cookie_test() -> Iterator[str]:
    """Serve the cookie jar on the tool's site, framed by a page on the LMS's; yield the page's address."""
    with serving(cookie_jar, "localhost") as inner, serving(frame_around) as outer:
        yield f"{outer}/?source={inner}/"


@dataclass
class Desk:
    """An educator's browser, signed in to an LMS."""

    context: BrowserContext
    page: Page
    lms: PracticeLms
    activity: Activity
    complaints: list[str] = field(default_factory=list)

    def open_activity(self, *, wait_until: Literal["commit", "load"] = "load") -> FrameLocator:
        """Open the activity in the LMS; return the tool's frame."""
        address = f"{self.lms.url}/courses/{self.activity.course_id}/activities/{self.activity.id}"
        self.page.goto(address, wait_until=wait_until)
        return self.page.frame_locator("iframe.tool-frame")

    def open_new_window(self) -> Page:
        """Take the offer of a window of its own."""
        frame = self.open_activity()
        with self.context.expect_page() as opened:
            frame.get_by_role("button", name="Open in a new window").click()
        return opened.value


Sit = Callable[..., Desk]


@pytest.fixture
def sit(chromium: BrowserType, chromium_path: str | None, cookie_test: str, run_lms, tmp_path: Path) -> Iterator[Sit]:
    """Return `sit(flavour, preferences, returned, storage=…)`: an educator at a browser that keeps only so much."""
    contexts: list[BrowserContext] = []

    def begin(flavour: Flavour, preferences: dict[str, object], returned: str, *, storage: str = "off") -> Desk:
        lms = run_lms(flavour)
        lms.server.app.config["PLATFORM_STORAGE"] = storage
        lms.register()
        activity = lms.place_link()
        contexts.append(context := profile(chromium, chromium_path, tmp_path, preferences))
        page = context.new_page()
        assert cookies_that_come_back(page, cookie_test) == returned
        desk = Desk(context, page, lms, activity)
        context.on("weberror", lambda error: desk.complaints.append(str(error.error)))
        sign_in(page, lms)
        return desk

    yield begin
    for context in contexts:
        context.close()


def profile(chromium: BrowserType, path: str | None, folder: Path, preferences: dict[str, object]) -> BrowserContext:
    """Start a browser with a profile of its own that has these preferences."""
    (folder / "Default").mkdir()
    (folder / "Default" / "Preferences").write_text(json.dumps({"profile": preferences}), encoding="utf-8")
    context = chromium.launch_persistent_context(folder, executable_path=path, args=SWITCHES)
    context.set_default_timeout(PATIENCE)
    return context


def cookies_that_come_back(page: Page, address: str) -> str:
    """Return which cookies of a framed site come back to it."""
    for _ in range(2):
        page.goto(address)
    return page.frame_locator("iframe").locator("p").inner_text()


def sign_in(page: Page, lms: PracticeLms) -> None:
    page.goto(f"{lms.url}/")
    page.locator(f'main form[action$="/people/{lms.user(EDUCATOR).id}/sign-in"] button').click()


def walk(place: Page | FrameLocator) -> None:
    """See the first page, follow two links, send a form."""
    expect(place.get_by_role("link", name="Find learning")).to_have_attribute("aria-current", "page", timeout=PATIENCE)
    place.get_by_role("link", name="Home", exact=True).click()
    expect(place.get_by_role("heading", level=1)).to_have_text("Welcome", timeout=PATIENCE)
    place.get_by_role("link", name="Fill in your profile").click()
    place.get_by_label("What you do").select_option("librarian")
    place.get_by_role("button", name="Save my profile").click()
    expect(place.get_by_role("status")).to_have_text("Your profile is saved.", timeout=PATIENCE)


def session_has_cookie(desk: Desk) -> bool:
    """Return whether the educator's one session is bound to a cookie that came back."""
    with desk.lms.database.reading() as db:
        newest = select(LaunchSession.cookie_seen).order_by(LaunchSession.id.desc()).limit(1)
        return bool(db.scalar(newest))


@pytest.mark.parametrize("flavour", list(Flavour))
def test_a_partitioned_cookie_alone_finishes_the_journey_inside_the_frame(flavour, sit):
    desk = sit(flavour, PARTITIONED_ONLY, "split")

    walk(desk.open_activity())

    assert session_has_cookie(desk)
    assert len(desk.context.pages) == 2
    assert desk.complaints == []


def test_platform_storage_alone_finishes_the_journey_inside_the_frame(sit):
    desk = sit(Flavour.CANVAS, NOTHING_AT_ALL, "", storage="on")

    walk(desk.open_activity())

    assert not session_has_cookie(desk)
    assert len(desk.context.pages) == 2
    assert desk.complaints == []


def test_a_storage_that_never_answers_does_not_stop_a_browser_that_keeps_the_cookie(sit):
    desk = sit(Flavour.CANVAS, PARTITIONED_ONLY, "split", storage="silent")

    walk(desk.open_activity())

    assert session_has_cookie(desk)
    assert desk.complaints == []


@pytest.mark.parametrize(
    ("flavour", "storage"), [(Flavour.CANVAS, "off"), (Flavour.CANVAS, "silent"), (Flavour.MOODLE, "off")]
)
def test_with_neither_cookie_nor_storage_the_journey_finishes_in_a_window_of_its_own(flavour, storage, sit):
    desk = sit(flavour, NOTHING_IN_FRAMES, "", storage=storage)

    walk(desk.open_new_window())

    assert session_has_cookie(desk)
    assert desk.complaints == []


def test_a_second_launch_in_the_same_frame_goes_straight_on(sit):
    desk = sit(Flavour.CANVAS, PARTITIONED_ONLY, "split")
    walk(desk.open_activity())
    asked: list[str] = []
    desk.page.on("request", lambda request: asked.append(request.url))

    expect(desk.open_activity().get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE)

    assert not any("launch_login.js" in url for url in asked)


def test_a_browser_that_keeps_nothing_anywhere_is_told_what_to_do(sit):
    desk = sit(Flavour.CANVAS, NOTHING_AT_ALL, "")

    window = desk.open_new_window()

    expect(window.get_by_role("heading", level=1)).to_have_text("Your browser forgot the launch", timeout=PATIENCE)
    expect(window.get_by_role("link", name="Back to the course")).to_be_visible(timeout=PATIENCE)


def test_a_storage_that_gives_back_something_else_opens_nothing(sit, database):
    desk = sit(Flavour.CANVAS, NOTHING_AT_ALL, "", storage="on")
    desk.page.route("**/storage_frame.js", lambda route: route.fulfill(body=FORGETFUL, content_type="text/javascript"))

    frame = desk.open_activity()

    expect(frame.get_by_role("heading", level=1)).to_have_text("Your browser forgot the launch", timeout=PATIENCE)
    with database.reading() as db:
        assert [login.used_at for login in db.scalars(select(Login).order_by(Login.id.desc()).limit(1))] == [None]


def test_a_storage_frame_that_loads_after_a_window_was_offered_still_finishes_the_journey(sit):
    desk = sit(Flavour.CANVAS, NOTHING_AT_ALL, "", storage="on")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    desk.page.route("**/platform-storage", hold)

    frame = desk.open_activity(wait_until="commit")
    expect(frame.get_by_role("button", name="Open in a new window")).to_be_visible(timeout=PATIENCE)
    held[0].continue_()

    walk(frame)
    assert desk.complaints == []
