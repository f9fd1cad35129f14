"""Every page of every role in a real Chromium: axe finds nothing, and nothing runs off the side of a phone."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from lti_tool.launch.acting import Right
from tests.full_district import make_newcomer
from tests.house.walking import addresses

pytestmark = [
    pytest.mark.browser,
    # the server of the tests leaves a file open when the browser goes to the next page in the midst of it
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

NARROW, WIDER = (360,), (700, 1280)
SCHEMES = ("light", "dark")
OF_THE_LOOK = ["color-contrast", "scrollable-region-focusable"]
"""Rules of axe whose answer hangs on colours and widths; the others are asked once, at the narrowest."""
PICTURES = os.environ.get("PICTURES")
"""A folder to put a picture of each page into, to look at."""


def paths_for(app, ids, right: Right) -> list[tuple[str, str]]:
    """Return the pages that are guarded by a right, and its home; a file to download is no page."""
    pages = [
        (each.endpoint, each.path)
        for each in addresses(app, ids)
        if each.method == "GET" and app.view_functions[each.endpoint].guard is right and not Path(each.path).suffix
    ]
    return [*pages, (f"home as {right}", f"/?as={right}"), (f"teams as {right}", f"/teams/?as={right}")]


def problems_of(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """Return what axe says against the page by these rules (none: by all), and whether it is wider than the window."""
    options = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    found = [
        f"{each['impact']} {each['id']}: {each['nodes'][0]['html'][:160]}"
        for each in Axe().run(page, options=options).response["violations"]
    ]
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found + ([f"{too_wide} px too wide"] if too_wide > 0 else [])


def look_at(
    context, entrance: str, pages: list[tuple[str, str]], name: str, widths: Sequence[int] = NARROW
) -> dict[str, list[str]]:
    """Open each page at each width, every other one in dark, at 700 the others; return what is wrong by page."""
    wrong: dict[str, list[str]] = {}
    page = context.new_page()
    for number, (endpoint, path) in enumerate(pages):
        answer = page.goto(entrance + path)
        assert answer is not None
        if answer.status != 200:
            wrong |= {endpoint: [f"status {answer.status}"]} if answer.status >= 500 else {}
            continue
        for width in widths:
            scheme = SCHEMES[(number + (width == 700)) % 2]
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 900})
            problems = problems_of(page, () if width in NARROW else OF_THE_LOOK)
            if PICTURES:
                page.screenshot(path=Path(PICTURES) / f"{name}-{endpoint}-{width}.png", full_page=True)
            if problems:
                wrong[f"{endpoint} at {width} in {scheme}"] = problems
    return wrong


@pytest.mark.parametrize("widths", [NARROW, pytest.param(WIDER, marks=pytest.mark.long)])
@pytest.mark.parametrize("right", [Right.EDUCATOR, Right.DESIGNER, Right.ADMINISTRATOR])
def test_axe_finds_nothing_on_the_pages_of_a_role(app, context, site, right, widths):
    entrance = site.enter(getattr(site.full, right))

    assert look_at(context, entrance, paths_for(app, site.full.ids, right), right, widths) == {}


def test_axe_finds_nothing_on_the_pages_of_a_newcomer(app, context, site, database):
    with database.transaction() as db:
        newcomer = make_newcomer(db, site.full)
    entrance = site.enter(newcomer, course_id=None)

    assert look_at(context, entrance, paths_for(app, site.full.ids, Right.EDUCATOR), "newcomer") == {}


def test_axe_finds_nothing_on_the_pages_of_whoever_reads_plans(context, site):
    entrance, plan_id = site.enter(site.full.supervisor), site.full.ids["plan_id"]
    paths = ("plans/queue", f"plans/{plan_id}/review", f"plans/{plan_id}/history", "teams/supervised")
    pages = [(path, f"/{path}?as=supervisor") for path in paths]

    assert look_at(context, entrance, [(name.replace("/", " "), path) for name, path in pages], "supervisor") == {}


def test_axe_finds_nothing_where_a_course_is_not_marked_yet(context, site):
    entrance = site.enter(
        site.full.designer, course_id=None, is_course_designer=True,
        context={"id": "99", "label": "PD9", "title": "Planning for talk"},
    )  # fmt: skip

    assert look_at(context, entrance, [("unmarked course", "/?as=designer")], "designer") == {}


@pytest.mark.parametrize(
    ("path", "button"),
    [
        ("/plans/goals/new", "Go on"),
        ("/administrator-code", "Use the code"),
        ("/my-data/erase", "Erase my data"),
    ],
)
def test_axe_finds_nothing_on_a_form_that_came_back(context, site, path, button):
    page = context.new_page()
    page.goto(site.enter(site.full.educator) + path)
    page.evaluate("for (const form of document.forms) form.noValidate = true")
    for link in page.locator("input[type=url]").all():
        link.evaluate("field => { field.value = 'nowhere'; }")

    page.get_by_role("button", name=button).click()

    assert page.locator(".field-error").count() > 0
    assert problems_of(page) == []
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"came back {button}.png", full_page=True)


def test_axe_finds_nothing_on_an_error_page(context, site):
    page = context.new_page()
    page.goto(f"{site.url}/s/unknown/")

    assert problems_of(page) == []
