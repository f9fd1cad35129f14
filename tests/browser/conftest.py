"""A real Chromium and a served app with a full district in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, sync_playwright

from lti_tool.launch.operations.sessions import open_session
from lti_tool.people.models import Person
from tests.browser.serving import served
from tests.full_district import FullDistrict, make_full_district

CHROMIUM = "/usr/bin/chromium"
SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def chromium_path() -> str | None:
    """Return where Chromium is; None lets Playwright take its own."""
    path = CHROMIUM if Path(CHROMIUM).exists() else shutil.which("chromium-browser")
    if path is None and os.environ.get("CI") != "true":
        pytest.skip("Chromium is not installed on this machine")
    return path


@pytest.fixture(scope="session")
def chromium() -> Iterator[BrowserType]:
    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="session")
def browser(chromium: BrowserType, chromium_path: str | None) -> Iterator[Browser]:
    browser = chromium.launch(executable_path=chromium_path, args=SWITCHES)
    yield browser
    browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(reduced_motion="reduce")  # a colour half-way is nobody's choice
    context.set_default_timeout(10_000)
    yield context
    context.close()


@dataclass(frozen=True)
class Site:
    """The served app, with a full district and a way to open a session in it."""

    url: str
    full: FullDistrict
    enter: Callable[..., str]


@pytest.fixture
def site(app, database) -> Iterator[Site]:
    with database.transaction() as db:
        full = make_full_district(db)

    def enter(person: Person, **details) -> str:
        """Open a session as a launch would; return the address of its first page."""
        details.setdefault("course_id", full.sample.course.id)
        with database.transaction() as db:
            _, keys = open_session(
                db, db.merge(person), registration_id=full.sample.registration.id,
                deployment_id=full.sample.deployment.id, **details,
            )  # fmt: skip
        return f"{url}/s/{keys.key}"

    with served(app) as url:
        yield Site(url, full, enter)
