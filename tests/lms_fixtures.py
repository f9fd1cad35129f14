"""A practice LMS and the tool, each behind a real socket, and people with browsers who go from one to the other.

Import what a test module needs, such as `from tests.lms_fixtures import canvas_lms, moodle_lms, tool_server  # noqa`,
or take them from `tests/conftest.py` where it lists this module as a plugin.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select

from lti_tool.db import Database
from lti_tool.launch.models import LinkKind, Registration
from lti_tool.launch.operations.registrations import create_invitation
from lti_tool.lms.platform import RestCredentials
from lti_tool.people.operations import find_or_create_district
from practice_lms.browser import Browser, Page, Value
from practice_lms.canvas.api_keys import create_api_key, issue_refresh_token, issue_token
from practice_lms.connections import ApiGrant
from practice_lms.district import build_district, course_by_label, user_by_login
from practice_lms.keys import PlatformKeys
from practice_lms.moodle.webservice_tokens import create_web_service_token
from practice_lms.server import RunningServer
from practice_lms.state import Activity, Course, Flavour, Lms, Tool, User
from tests.serving import serving

ADMINISTRATOR = "zola.dlamini"
DESIGNER = "yuki.tanaka"
EDUCATOR = "ana.ruiz"
COURSE = "PD101"
CALLBACK = "http://localhost/lms/canvas/callback"


@dataclass
class Arrived:
    """Somebody who launched: the browser, the page it shows, and where the session's other pages are."""

    browser: Browser
    page: Page

    @property
    def base(self) -> str:
        """The address of the session, without a trailing slash."""
        found = re.match(r"https?://[^/]+/s/[^/]+", self.page.url)
        assert found, f"no session: {self.page.status} {self.page.url}\n{self.page.text[:2000]}"
        return found[0]

    def get(self, path: str, *, status: int = 200) -> Page:
        return self.browser.get(self.base + path, status=status)

    def post(self, path: str, values: Mapping[str, Value] | None = None, *, status: int = 200) -> Page:
        return self.browser.post(self.base + path, values, status=status)


@dataclass
class PracticeLms:
    """A running practice LMS, and the tool that it launches."""

    server: RunningServer
    database: Database
    tool_url: str
    registration_id: int = 0
    browsers: dict[str, Browser] = field(default_factory=dict)

    @property
    def lms(self) -> Lms:
        return self.server.lms

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def tool(self) -> Tool:
        """The tool as the LMS registered it last."""
        return list(self.lms.tools.values())[-1]

    def user(self, login: str) -> User:
        return user_by_login(self.lms, login)

    def course(self, label: str = COURSE) -> Course:
        return course_by_label(self.lms, label)

    def browser_of(self, login: str) -> Browser:
        """Return this person's browser, signed in to the LMS."""
        if login not in self.browsers:
            self.browsers[login] = browser = Browser()
            browser.post(f"{self.url}/people/{self.user(login).id}/sign-in")
        return self.browsers[login]

    def invitation_url(self, district: str = "Cedar Valley", *, staff_only: bool = False) -> str:
        with self.database.transaction() as db:
            token = create_invitation(db, find_or_create_district(db, district), staff_only=staff_only)
        return f"{self.tool_url}/lti/register?invitation={token}"

    def ask_to_register(self, invitation_url: str, *, status: int = 200, **params: str) -> Page:
        """Return the tool's page that the LMS opens when its administrator adds the tool."""
        query = urlencode({"url": invitation_url, **params})
        return self.browser_of(ADMINISTRATOR).get(f"{self.url}/launch/register?{query}", status=status)

    def confirm(self, asked: Page, values: Mapping[str, Value] | None = None, *, status: int = 200) -> Page:
        """Press the button of that page."""
        form = asked.form(action="/lti/register")
        return self.browser_of(ADMINISTRATOR).submit(asked, form, values, status=status)

    def register(self, district: str = "Cedar Valley", *, staff_only: bool = False) -> Registration:
        """Register the tool as the LMS's administrator does, and turn it on."""
        self.confirm(self.ask_to_register(self.invitation_url(district, staff_only=staff_only)))
        self.tool.active = True
        with self.database.reading() as db:
            registration = db.scalars(select(Registration).order_by(Registration.id.desc())).first()
        assert registration is not None
        self.registration_id = registration.id
        return registration

    def select_content(self, login: str = DESIGNER, label: str = COURSE, placement: str = "") -> Arrived:
        """Open the tool's page for placing links, from a course."""
        address = f"{self.url}/launch/courses/{self.course(label).id}/tools/{self.tool.id}/select"
        return self._open(login, f"{address}?{urlencode({'placement': placement})}" if placement else address)

    def place_link(
        self, kind: LinkKind = LinkKind.COURSE_GOALS, label: str = COURSE, login: str = DESIGNER
    ) -> Activity:
        """Place a link by deep linking, which marks the course as professional learning; publish it."""
        known = set(self.lms.activities)
        arrived = self.select_content(login, label)
        placed = arrived.browser.post(arrived.page.url, {"kind": kind.value, "mark": "1"})
        if self.lms.flavour is Flavour.MOODLE:
            arrived.browser.submit(placed, placed.form(action="/course/modedit.php"))
        (number,) = set(self.lms.activities) - known
        self.publish(self.lms.activities[number])
        return self.lms.activities[number]

    def publish(self, activity: Activity) -> None:
        """Publish what Canvas made unpublished."""
        activity.published = True
        for item in self.lms.line_items.values():
            if item.activity_id == activity.id:
                item.published = True

    def launch(self, login: str, activity: Activity, *, status: int = 200) -> Arrived:
        """Open a placed link as somebody."""
        return self._open(login, f"{self.url}/launch/activities/{activity.id}", status=status)

    def launch_navigation(self, login: str, label: str = COURSE) -> Arrived:
        """Open the tool from a course's navigation (Canvas only)."""
        return self._open(login, f"{self.url}/launch/courses/{self.course(label).id}/tools/{self.tool.id}")

    def launch_account(self, login: str = ADMINISTRATOR) -> Arrived:
        """Open the tool from the account's navigation (Canvas only)."""
        return self._open(login, f"{self.url}/launch/account/tools/{self.tool.id}")

    def _open(self, login: str, address: str, *, status: int = 200) -> Arrived:
        browser = self.browser_of(login)
        return Arrived(browser, browser.get(address, status=status))


def rest_credentials(lms: Lms, user: User) -> RestCredentials:
    """Return access to the LMS's REST side as this person."""
    if lms.flavour is Flavour.MOODLE:
        return RestCredentials(lms.url, create_web_service_token(lms, user))
    key = create_api_key(lms, "Like Goals", CALLBACK)
    grant = ApiGrant(key.client_id, user.id, [])
    tokens = issue_token(lms, grant), issue_refresh_token(lms, grant)
    return RestCredentials(lms.url, tokens[0], key.client_id, key.secret, tokens[1])


RunLms = Callable[[Flavour], PracticeLms]


@pytest.fixture
def tool_server(app: Flask, database: Database) -> Iterator[str]:
    """Serve the app on localhost, so that an LMS can fetch its keys, and yield its address, which TOOL_URL becomes."""
    before = app.extensions["settings"]
    with serving(app, "localhost") as url:
        app.extensions["settings"] = replace(before, tool_url=url)
        yield url
    app.extensions["settings"] = before


@pytest.fixture(scope="session")
def platform_keys() -> PlatformKeys:
    """Return key pairs made once; a test that rotates them takes a copy."""
    return PlatformKeys()


@pytest.fixture
def run_lms(tool_server: str, database: Database, platform_keys: PlatformKeys) -> Iterator[RunLms]:
    """Return `run_lms(flavour)`: starts a practice LMS with the district Cedar Valley."""
    with ExitStack() as running:

        def run(flavour: Flavour) -> PracticeLms:
            lms = build_district(flavour, "http://127.0.0.1", PlatformKeys(dict(platform_keys.pairs)))
            return PracticeLms(running.enter_context(RunningServer(lms)), database, tool_server)

        yield run


@pytest.fixture
def moodle_lms(run_lms: RunLms) -> PracticeLms:
    """Return a Moodle-like LMS that registered the tool."""
    lms = run_lms(Flavour.MOODLE)
    lms.register()
    return lms


@pytest.fixture
def canvas_lms(run_lms: RunLms) -> PracticeLms:
    """Return a Canvas-like LMS that registered the tool."""
    lms = run_lms(Flavour.CANVAS)
    lms.register()
    return lms


@pytest.fixture(params=list(Flavour))
def any_lms(request: pytest.FixtureRequest, run_lms: RunLms) -> PracticeLms:
    """Return an LMS that registered the tool: the test runs once with each flavour."""
    lms = run_lms(request.param)
    lms.register()
    return lms
