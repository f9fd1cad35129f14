"""Frameworks in a real browser: an import that is watched, and an indicator that is found while one writes a goal."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from lti_tool.plans.models import Goal
from lti_tool.standards.operations import confirm_import, import_at_once, import_step, offer_package
from tests.standards.packages import many_items

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def test_the_bar_of_an_import_moves_by_itself_and_survives_a_reload(context, site, database):
    package = many_items(tops=60, each=20)
    with database.transaction() as db:
        batch = offer_package(db, db.merge(site.full.designer), package, "large.json")
        confirm_import(db, db.merge(site.full.designer), batch)
    page = context.new_page()
    page.goto(f"{site.enter(site.full.designer)}/standards/imports/{batch.id}")
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "0")

    with database.transaction() as db:
        import_step(db, batch.id, package)
    expect(page.locator(".import-done")).to_have_text("500")
    page.reload()
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "500")
    for _ in range(3):
        with database.transaction() as db:
            import_step(db, batch.id, package)

    expect(page.get_by_role("link", name="See the framework")).to_be_visible()


def test_without_script_the_page_of_an_import_loads_itself_again(browser, site, database):
    package = many_items(tops=60, each=20)
    with database.transaction() as db:
        batch = offer_package(db, db.merge(site.full.designer), package, "large.json")
        confirm_import(db, db.merge(site.full.designer), batch)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.enter(site.full.designer)}/standards/imports/{batch.id}")
    with database.transaction() as db:
        import_step(db, batch.id, package)

    expect(page.locator(".import-done")).to_have_text("500", timeout=10_000)
    context.close()


def test_an_indicator_of_a_large_framework_is_found_while_one_types_and_stays_chosen(context, site, database):
    with database.transaction() as db:
        import_at_once(db, site.full.sample.district.id, many_items(tops=60, each=20))
    page = context.new_page()
    page.goto(f"{site.enter(site.full.educator)}/plans/goals/new")
    page.get_by_label("What do you see in your own work?").fill("Half of the tickets are empty.")
    page.get_by_role("button", name="Go on").click()
    page.wait_for_load_state("networkidle")
    search = page.get_by_label("Find a word or a code in the large frameworks")

    search.fill("41.7")
    page.get_by_label("Statement 41.7").check()
    search.fill("12.3")
    expect(page.get_by_label("Statement 12.3")).to_be_visible()
    expect(page.get_by_label("Statement 41.7")).to_be_checked()
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Your goal in one sentence").fill("Ask better questions")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Save and choose who may see it").click()

    expect(page).to_have_url(re.compile(r"/plans/goals/\d+/declare"))
    with database.reading() as db:
        goal = db.scalars(select(Goal).where(Goal.headline == "Ask better questions")).one()
        assert [each.statement for each in goal.indicators] == ["Statement 41.7"]
