"""A practice LMS and the tool, each behind a real socket, and people with browsers who go from one to the other.

Import what a test module needs, such as `from tests.lms_fixtures import canvas_lms, moodle_lms, tool_server  # noqa`,
or take them from `tests/conftest.py` where it lists this module as a plugin.
"""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.cookiejar import Cookie
from urllib.parse import urljoin, urlsplit

import pytest
import requests
from flask import Flask
from sqlalchemy import select
from werkzeug.serving import make_server

from lti_tool.db import Database
from lti_tool.launch.models import LinkKind, Registration
from lti_tool.launch.operations.registrations import create_invitation
from lti_tool.people.operations import find_or_create_district
from practice_lms.district import build_district, course_by_label, user_by_login
from practice_lms.keys import PlatformKeys
from practice_lms.server import QuietRequestHandler, RunningServer
from practice_lms.state import Activity, Course, Flavour, Lms, Tool, User

ADMINISTRATOR = "zola.dlamini"
DESIGNER = "yuki.tanaka"
EDUCATOR = "ana.ruiz"
COURSE = "PD101"
TIME_OUT = 20


@dataclass(frozen=True)
class Form:
    """A form of a page."""

    action: str
    fields: dict[str, str]


class LocalCookies(requests.cookies.RequestsCookieJar):
    """Cookies of a browser that takes this machine for secure, as Chromium and Firefox do."""

    def set_cookie(self, cookie: Cookie, *args, **kwargs) -> None:
        cookie.secure = False
        super().set_cookie(cookie, *args, **kwargs)


class Browser:
    """Keeps cookies, and sends the forms that would send themselves."""

    def __init__(self) -> None:
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.cookies = LocalCookies()

    def get(self, url: str, **kwargs) -> requests.Response:
        return self.session.get(url, timeout=TIME_OUT, **kwargs)

    def post(self, url: str, **kwargs) -> requests.Response:
        return self.session.post(url, timeout=TIME_OUT, **kwargs)

    def submit(self, response: requests.Response, index: int = 0, **fields: str) -> requests.Response:
        """Send a form of a page, with some fields filled in."""
        form = forms_of(response)[index]
        return self.post(form.action, data={**form.fields, **fields})

    def follow(self, response: requests.Response) -> requests.Response:
        """Send every form that would send itself, until a page is there to be read."""
        while 'id="ltiLaunchForm"' in response.text or 'id="return-links"' in response.text:
            response = self.submit(response)
        return response


def forms_of(response: requests.Response) -> list[Form]:
    """Return the forms of a page with what they hold."""
    return [_form(response.url, part) for part in re.findall(r"<form.*?</form>", response.text, re.DOTALL)]


def _form(url: str, text: str) -> Form:
    fields = {}
    for tag in re.findall(r"<input[^>]*>", text):
        given = {name: html.unescape(value) for name, value in re.findall(r'(\w+)="([^"]*)"', tag)}
        is_chosen = given.get("type") not in {"checkbox", "radio"} or " checked" in tag
        if "name" in given and is_chosen:
            fields[given["name"]] = given.get("value", "")
    found = re.search(r'action="([^"]*)"', text)
    return Form(urljoin(url, html.unescape(found[1]) if found else ""), fields)


@dataclass
class Arrived:
    """Somebody who launched: the browser, the page it shows, and where the session's other pages are."""

    browser: Browser
    response: requests.Response

    @property
    def base(self) -> str:
        """The address of the session, without a trailing slash."""
        found = re.match(r"https?://[^/]+/s/[^/]+", self.response.url)
        assert found, f"no session: {self.response.status_code} {self.response.url}\n{self.response.text[:2000]}"
        return found[0]

    @property
    def key(self) -> str:
        return self.base.rpartition("/")[2]

    def get(self, path: str, **kwargs) -> requests.Response:
        return self.browser.get(self.base + path, **kwargs)

    def post(self, path: str, **kwargs) -> requests.Response:
        return self.browser.post(self.base + path, **kwargs)


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
            browser.post(f"{self.url}/people/{self.user(login).id}/sign-in", allow_redirects=False)
        return self.browsers[login]

    def invitation_url(self, district: str = "Cedar Valley", *, staff_only: bool = False) -> str:
        with self.database.transaction() as db:
            token = create_invitation(db, find_or_create_district(db, district), staff_only=staff_only)
        return f"{self.tool_url}/lti/register?invitation={token}"

    def register(self, district: str = "Cedar Valley", *, staff_only: bool = False) -> Registration:
        """Register the tool as the LMS's administrator does, and turn it on."""
        administrator = self.browser_of(ADMINISTRATOR)
        asked = administrator.get(
            f"{self.url}/launch/register", params={"url": self.invitation_url(district, staff_only=staff_only)}
        )
        assert asked.status_code == 200, asked.text
        done = administrator.submit(asked)
        assert done.status_code == 200, done.text
        self.tool.active = True
        with self.database.reading() as db:
            registration = db.scalars(select(Registration).order_by(Registration.id.desc())).first()
        assert registration is not None
        self.registration_id = registration.id
        return registration

    def select_content(self, login: str = DESIGNER, label: str = COURSE, placement: str = "") -> Arrived:
        """Open the tool's page for placing links, from a course."""
        address = f"{self.url}/launch/courses/{self.course(label).id}/tools/{self.tool.id}/select"
        return self._open(login, address, {"placement": placement} if placement else {})

    def place_link(
        self, kind: LinkKind = LinkKind.COURSE_GOALS, label: str = COURSE, login: str = DESIGNER
    ) -> Activity:
        """Place a link by deep linking, which marks the course as professional learning; publish it."""
        known = set(self.lms.activities)
        arrived = self.select_content(login, label)
        browser = arrived.browser
        page = browser.post(arrived.response.url, data={"kind": kind.value, "mark": "1"})
        page = browser.follow(page)
        if self.lms.flavour is Flavour.MOODLE:
            page = browser.submit(page)
        assert page.ok, page.text
        (number,) = set(self.lms.activities) - known
        self.publish(self.lms.activities[number])
        return self.lms.activities[number]

    def publish(self, activity: Activity) -> None:
        """Publish what Canvas made unpublished."""
        activity.published = True
        for item in self.lms.line_items.values():
            if item.activity_id == activity.id:
                item.published = True

    def launch(self, login: str, activity: Activity) -> Arrived:
        """Open a placed link as somebody."""
        return self._open(login, f"{self.url}/launch/activities/{activity.id}")

    def launch_navigation(self, login: str, label: str = COURSE) -> Arrived:
        """Open the tool from a course's navigation (Canvas only)."""
        return self._open(login, f"{self.url}/launch/courses/{self.course(label).id}/tools/{self.tool.id}")

    def launch_account(self, login: str = ADMINISTRATOR) -> Arrived:
        """Open the tool from the account's navigation (Canvas only)."""
        return self._open(login, f"{self.url}/launch/account/tools/{self.tool.id}")

    def _open(self, login: str, address: str, params: dict[str, str] | None = None) -> Arrived:
        browser = self.browser_of(login)
        return Arrived(browser, browser.follow(browser.get(address, params=params)))


RunLms = Callable[[Flavour], PracticeLms]


@pytest.fixture
def tool_server(app: Flask, database: Database) -> Iterator[str]:
    """Serve the app on localhost, so that an LMS can fetch its keys, and yield its address, which TOOL_URL becomes."""
    server = make_server("localhost", 0, app, threaded=True, request_handler=QuietRequestHandler)
    url = f"http://localhost:{server.port}"
    before = app.extensions["settings"]
    app.extensions["settings"] = replace(before, tool_url=url)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield url
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["settings"] = before


@pytest.fixture(scope="session")
def platform_keys() -> PlatformKeys:
    """Return key pairs made once; a test that rotates them takes a copy."""
    return PlatformKeys()


@pytest.fixture
def run_lms(tool_server: str, database: Database, platform_keys: PlatformKeys) -> Iterator[RunLms]:
    """Return `run_lms(flavour)`: starts a practice LMS with the district Cedar Valley."""
    running: list[RunningServer] = []

    def run(flavour: Flavour) -> PracticeLms:
        lms = build_district(flavour, "http://127.0.0.1", PlatformKeys(dict(platform_keys.pairs)))
        server = RunningServer(lms)
        server.__enter__()
        running.append(server)
        return PracticeLms(server, database, tool_server)

    yield run
    for server in running:
        server.__exit__(None, None, None)


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


def host_of(url: str) -> str:
    """Return host and port of an address."""
    return urlsplit(url).netloc
