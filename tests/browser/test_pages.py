"""Pages as people use them in a real browser: drafts that survive, forms that are sent once, no script, no mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

REASON = "What tells you that this matters?"


def test_what_was_typed_is_there_again_in_a_new_session_and_for_nobody_else(context, site):
    page = context.new_page()
    page.goto(f"{site.enter(site.full.educator)}/plans/goals/new")
    page.get_by_label(REASON).fill("Half of the exit tickets are empty.")
    page.wait_for_timeout(500)

    page.goto(f"{site.enter(site.full.educator)}/plans/goals/new")

    page.get_by_role("status").get_by_role("button").click()
    expect(page.get_by_label(REASON)).to_have_value("Half of the exit tickets are empty.")
    page.goto(f"{site.enter(site.full.designer)}/plans/goals/new")
    expect(page.locator("#draft-offer")).to_be_hidden()


def test_a_saved_text_does_not_come_back(context, site):
    page = context.new_page()
    entrance = site.enter(site.full.educator)
    page.goto(f"{entrance}/plans/try-its/{site.full.ids['try_id']}")
    page.get_by_label("What did you try, and what came of it?").fill("Waiting three seconds helped.")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("status")).to_contain_text("saved")
    page.wait_for_function("Object.keys(sessionStorage).length === 0")  # the page's module runs after its words show
    assert page.evaluate("Object.keys(sessionStorage)") == []


def test_the_first_page_works_by_keyboard(context, site):
    page = context.new_page()
    page.goto(site.enter(site.full.educator) + "/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    expect(page.get_by_role("link", name="Write what came of it")).to_be_focused()


def test_pages_work_without_script(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.enter(site.full.educator) + "/profile")

    page.get_by_label("What you do").fill("librarian")
    page.get_by_role("button", name="Save my profile").click()

    expect(page.get_by_role("status")).to_have_text("Your profile is saved.")
    expect(page.get_by_text("librarian")).to_be_visible()
    context.close()


def test_nothing_on_a_page_breaks_its_own_content_policy(context, site):
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for person in (site.full.educator, site.full.designer, site.full.administrator):
        page.goto(site.enter(person) + "/")

    assert said == []
