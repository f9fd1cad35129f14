"""The certification suite's side: a registered LMS of staff alone, and a browser that speaks HTTP with the running app.

Tests are named after the "LTI Advantage Conformance Certification Guide", version 3, chapter 6.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
import requests
from requests.cookies import RequestsCookieJar
from sqlalchemy import func, select

from lti_tool.launch.models import LaunchSession
from lti_tool.people.models import Membership
from practice_lms.browser import LoopbackPolicy
from tests.certification.services import Services
from tests.launch.conftest import _running_key_server, key_server, new_platform
from tests.launch.signing_platform import SigningPlatform, assert_refused
from tests.lms_fixtures import platform_keys, tool_server
from tests.serving import serving

__all__ = ["_running_key_server", "key_server", "new_platform", "platform_keys", "tool_server"]

TIME_OUT = 20


@dataclass
class Client:
    """A browser that keeps cookies and stays where it is, so that each answer can be looked at."""

    base: str
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.session.trust_env, self.session.cookies = False, RequestsCookieJar(policy=LoopbackPolicy())

    def get(self, address: str, **options) -> requests.Response:
        return self._send("GET", address, **options)

    def post(self, address: str, **options) -> requests.Response:
        return self._send("POST", address, **options)

    def _send(self, method: str, address: str, **options) -> requests.Response:
        options |= {"allow_redirects": False, "timeout": TIME_OUT}
        return self.session.request(method, requests.compat.urljoin(self.base, address), **options)


@pytest.fixture
def client(tool_server: str) -> Client:
    return Client(tool_server)


@pytest.fixture
def another_browser(tool_server: str) -> Client:
    return Client(tool_server)


@pytest.fixture(scope="session")
def _running_services() -> Iterator[Services]:
    services = Services()
    with serving(services) as services.url:
        yield services


@pytest.fixture
def services(_running_services: Services) -> Services:
    """Return the platform's token endpoint, roster and gradebook; nobody has asked them anything yet."""
    _running_services.reset()
    return _running_services


@pytest.fixture
def platform(new_platform: Callable[..., SigningPlatform], tool_server: str, services: Services) -> SigningPlatform:
    return new_platform(staff_only=True, tool_url=tool_server, services_url=services.url)


@pytest.fixture
def refused(platform, client, database) -> Callable[..., None]:
    """Return `refused(reason, **claims)`: a launch with these claims is refused and leaves nothing behind."""

    def check(reason: str, **claims) -> None:
        assert_refused(platform.launch(client, **claims), reason, database)

    return check


@pytest.fixture
def opened(platform, client, database) -> Callable[..., str]:
    """Return `opened(**claims)`: a launch with these claims opens one session; gives the page that it lands on."""

    def check(**claims) -> str:
        response = platform.launch(client, **claims)
        assert response.status_code == 303, response.text
        page = client.get(response.headers["Location"])
        page = client.get(page.headers["Location"]) if page.is_redirect else page
        assert page.status_code == 200, page.text
        with database.reading() as db:
            assert db.scalar(select(func.count(LaunchSession.id))) == 1
        return str(page.text)

    return check


@pytest.fixture
def role(database):
    """Return the role in the course that the launch left."""

    def read():
        with database.reading() as db:
            return db.scalars(select(Membership)).one().role

    return read
