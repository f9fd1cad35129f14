"""One real Chromium for every test that needs one; where there is none they are skipped, and fail in CI."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, sync_playwright

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


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def kept_in_the_tab(page: Page) -> list[str]:
    """Return the names of what the tab's storage keeps, once the page's module has had its time to let go of it."""
    for _ in range(50):
        kept: list[str] = page.evaluate("Object.keys(sessionStorage)")
        if not kept:
            break
        page.wait_for_timeout(100)
    return kept
