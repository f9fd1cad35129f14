"""Canvas's consent in a real Chromium: the administrator presses Allow and is back at the tool with a code."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from practice_lms.canvas.api_keys import create_api_key
from practice_lms.server import RunningServer
from practice_lms.state import Flavour
from tests.practice_lms.browser import become
from tests.practice_lms.page_district import district_in_use

pytestmark = [
    pytest.mark.long,  # of the practice LMS alone; the journeys through it are played each time
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

SCOPES = (
    "url:GET|/api/v1/courses/:course_id/bulk_user_progress",
    "url:POST|/api/v1/group_categories/:group_category_id/groups",
)


def ask(page: Page, server: RunningServer, redirect_uri: str) -> None:
    key = create_api_key(server.lms, "Like Goals", redirect_uri, SCOPES)
    query = (
        f"client_id={key.client_id}&response_type=code&redirect_uri={redirect_uri}&state=s1&scope={'%20'.join(SCOPES)}"
    )
    page.goto(f"{server.url}/login/oauth2/auth?{query}")


def test_allow_leads_back_to_the_tool_with_a_code(page):
    with RunningServer(district_in_use(Flavour.CANVAS)) as server:
        become(page, server, "Zola Dlamini")
        ask(page, server, f"{server.url}/practice/faults")

        page.get_by_role("button", name="Allow").click()

        expect(page).to_have_url(re.compile(r"/practice/faults\?code=[0-9a-f]{64}&state=s1$"))


def test_cancel_leads_back_without_a_code(page):
    with RunningServer(district_in_use(Flavour.CANVAS)) as server:
        become(page, server, "Zola Dlamini")
        ask(page, server, f"{server.url}/practice/faults")

        page.get_by_role("link", name="Cancel").click()

        expect(page).to_have_url(re.compile(r"error=access_denied"))


def test_axe_finds_nothing_on_the_consent_page_and_nothing_runs_out_of_it(page):
    with RunningServer(district_in_use(Flavour.CANVAS)) as server:
        become(page, server, "Zola Dlamini")
        ask(page, server, "https://tool.example/lms/canvas/callback")

        assert Axe().run(page).response["violations"] == []
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
