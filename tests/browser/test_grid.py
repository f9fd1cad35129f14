"""The grid in a real browser: by keyboard alone, saved on leaving a row, undone, and without script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from lti_tool.db import Database
from lti_tool.standards.models import Alignment

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

COACHING = "Learning by coaching"
INDICATORS = ("A.1.a", "A.1.b", "A.1.c")


def strengths(database: Database, title: str) -> dict[str, str]:
    with database.reading() as db:
        found = db.scalars(select(Alignment).join(Alignment.opportunity).order_by(Alignment.id))
        return {each.indicator.code: each.strength.value for each in found if each.opportunity.title == title}


def cell(page: Page, code: str, title: str = COACHING):
    return page.get_by_label(f"{code}, {title}", exact=True)


def say_for_everybody(page: Page, title: str = COACHING) -> None:
    row = page.locator(f'[data-title="{title}"]')
    row.locator("summary").click()
    for words in ("all grades", "all disciplines", "all roles", "all schools"):
        row.get_by_label(words, exact=True).check()


def test_a_row_is_filled_by_keyboard_saved_on_leaving_it_and_undone(context, site, database):
    page = context.new_page()
    page.goto(f"{site.enter(site.full.designer)}/standards/grid")
    said = page.get_by_role("status")
    say_for_everybody(page)

    cell(page, "A.1.a").focus()
    page.keyboard.press("i")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("s")
    page.keyboard.press("ArrowDown")

    expect(said).to_have_text(f"Saved: {COACHING}")
    expect(cell(page, "A.1.c", "Learning by external")).to_be_focused()
    assert strengths(database, COACHING) == dict(
        zip(INDICATORS, ("introduces", "develops", "demonstrates"), strict=True)
    )

    page.get_by_role("button", name="Undo").click()

    expect(said).to_have_text(f"Undone: {COACHING}")
    expect(cell(page, "A.1.a")).to_have_value("")
    assert strengths(database, COACHING) == {}


def test_space_switches_off_and_on_and_one_cell_alone_is_reached_by_tab(context, site):
    page = context.new_page()
    page.goto(f"{site.enter(site.full.designer)}/standards/grid")
    first = cell(page, "A.1.a")

    first.focus()
    values = []
    for key in ("s", "Space", "Space", "Delete"):
        page.keyboard.press(key)
        values.append(first.input_value())
    page.keyboard.press("ArrowRight")

    assert values == ["demonstrates", "", "demonstrates", ""]
    expect(cell(page, "A.1.b")).to_be_focused()
    assert page.locator('.grid-cell[tabindex="0"]').count() == 1


def test_a_row_that_does_not_say_for_whom_keeps_what_was_chosen_and_says_what_is_missing(context, site, database):
    page = context.new_page()
    page.goto(f"{site.enter(site.full.designer)}/standards/grid")

    cell(page, "A.1.b").focus()
    page.keyboard.press("d")
    page.keyboard.press("ArrowDown")

    expect(page.get_by_role("status")).to_have_text(f"Not saved yet: {COACHING}")
    row = page.locator(f'[data-title="{COACHING}"]')
    expect(row.get_by_role("alert")).to_contain_text("Choose the roles, or say that it is for all roles.")
    expect(cell(page, "A.1.b")).to_have_value("develops")
    assert strengths(database, COACHING) == {}


def test_somebody_elses_change_is_shown_beside_ones_own(context, site, database):
    mine, theirs = context.new_page(), context.new_page()
    for page in (mine, theirs):
        page.goto(f"{site.enter(site.full.designer)}/standards/grid")
        say_for_everybody(page)
    for page, key in ((theirs, "s"), (mine, "i")):
        cell(page, "A.1.a").focus()
        page.keyboard.press(key)
        page.keyboard.press("ArrowDown")
        expect(page.get_by_role("status")).to_contain_text(COACHING)

    row = mine.locator(f'[data-title="{COACHING}"]')
    expect(row.get_by_role("alert")).to_contain_text("Somebody changed this row")
    expect(row).to_contain_text("saved: Has people show it")
    expect(cell(mine, "A.1.a")).to_have_value("introduces")
    row.get_by_role("button", name="Save").click()
    expect(mine.get_by_role("status")).to_have_text(f"Saved: {COACHING}")
    assert strengths(database, COACHING) == {"A.1.a": "introduces"}


def test_what_is_typed_while_a_row_is_on_its_way_is_saved_too(context, site, database):
    page = context.new_page()
    page.goto(f"{site.enter(site.full.designer)}/standards/grid")
    say_for_everybody(page)
    sent: list[str] = []

    def slowly(route: Route) -> None:
        sent.append(route.request.url)
        if len(sent) == 1:
            page.wait_for_timeout(800)
        route.continue_()

    page.route("**/standards/grid/*", slowly)
    cell(page, "A.1.a").focus()
    page.keyboard.press("i")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("d")
    page.keyboard.press("ArrowDown")

    expect(page.locator(f'[data-title="{COACHING}"] .grid-undo')).to_be_attached()
    assert len(sent) == 2
    assert strengths(database, COACHING) == {"A.1.a": "introduces", "A.1.b": "develops"}


def test_a_dropped_connection_loses_nothing(context, site):
    page = context.new_page()
    page.goto(f"{site.enter(site.full.designer)}/standards/grid")
    say_for_everybody(page)
    page.route("**/standards/grid/*", lambda route: route.abort())

    cell(page, "A.1.a").focus()
    page.keyboard.press("d")
    page.keyboard.press("ArrowDown")

    expect(page.get_by_role("status")).to_contain_text("There was no answer.")
    expect(cell(page, "A.1.a")).to_have_value("develops")


def test_the_grid_works_without_script(browser, site, database):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.enter(site.full.designer)}/standards/grid")

    cell(page, "A.1.b").select_option("develops")
    say_for_everybody(page)
    page.locator(f'[data-title="{COACHING}"]').get_by_role("button", name="Save").click()

    expect(page.get_by_role("status").first).to_have_text("The row is saved. Coverage counts it from now on.")
    expect(cell(page, "A.1.b")).to_have_value("develops")
    assert strengths(database, COACHING) == {"A.1.b": "develops"}
    context.close()


@pytest.mark.parametrize("width", [360, 700])
def test_nothing_of_the_grid_lies_beside_the_screen(context, site, width):
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 900})

    page.goto(f"{site.enter(site.full.designer)}/standards/grid")

    beside = "each => each.scrollWidth - each.clientWidth"
    assert page.locator(".grid-scroll").evaluate(beside) <= 0
    assert page.locator("html").evaluate(beside) <= 0
