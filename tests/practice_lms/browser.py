"""What people do in the pages of the practice LMS in a real browser."""

from __future__ import annotations

from playwright.sync_api import Page

from practice_lms.server import RunningServer


def become(page: Page, server: RunningServer, name: str) -> None:
    """Choose a person on the first page."""
    page.goto(server.url)
    page.get_by_role("main").get_by_role("button", name=name).click()
