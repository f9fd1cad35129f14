"""Writing a goal in a real browser: what is typed outlives the connection, a reload, the session and a second tab."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete, select

from lti_tool.launch.models import LaunchSession
from lti_tool.plans.models import Goal, GoalDraft
from tests.chromium import kept_in_the_tab

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

OWN_WORK = "What do you see in your own work?"
STUDENTS = "What do your students need?"
MEASURE = "How will you know?"
SAVED = re.compile(r"^Saved \d")
KEPT = re.compile(r"^Kept \d.*, not in the goal yet")


@pytest.fixture
def entrance(site):
    return site.enter(site.full.educator)


@pytest.fixture
def page(context, entrance):
    page = context.new_page()
    page.goto(f"{entrance}/plans/goals/new")
    return page


def texts(database, field):
    with database.reading() as db:
        return {draft.words.get(field) for draft in db.scalars(select(GoalDraft))}


def test_what_is_typed_is_saved_by_itself_and_the_page_says_when(page, database):
    page.get_by_label(OWN_WORK).press_sequentially("Half of the tickets are empty.")

    expect(page.locator("#saved-note")).to_have_text(SAVED)
    assert "Half of the tickets are empty." in texts(database, "educator_text")
    expect(page).to_have_url(re.compile(r"/plans/drafts/\d+/1$"))


def test_a_dropped_connection_loses_no_word(context, page, database):
    page.get_by_label(OWN_WORK).fill("Before.")
    expect(page.locator("#saved-note")).to_have_text(SAVED)

    context.set_offline(True)
    page.get_by_label(OWN_WORK).fill("Before. Without a connection.")
    expect(page.locator("#saved-note")).to_contain_text("No connection")
    assert "Before." in texts(database, "educator_text")
    context.set_offline(False)

    expect(page.locator("#saved-note")).to_have_text(SAVED)
    assert "Before. Without a connection." in texts(database, "educator_text")


def test_a_reload_without_a_connection_loses_no_word(context, page, database):
    page.get_by_label(OWN_WORK).fill("Before.")
    expect(page.locator("#saved-note")).to_have_text(SAVED)
    context.set_offline(True)
    page.get_by_label(STUDENTS).fill("Most of them wait.")
    expect(page.locator("#saved-note")).to_contain_text("No connection")
    context.set_offline(False)

    page.reload(wait_until="networkidle")
    if page.locator("#draft-offer").is_visible():
        page.get_by_role("button", name="Put them back").click()

    expect(page.get_by_label(OWN_WORK)).to_have_value("Before.")
    expect(page.get_by_label(STUDENTS)).to_have_value("Most of them wait.")


def test_words_whose_save_crosses_a_reload_are_offered_on_the_page_that_lacks_them(page):
    """The page comes as it was before the save, whose answer reaches the old page while that is being left."""
    page.get_by_label(OWN_WORK).fill("Before.")
    expect(page.locator("#saved-note")).to_have_text(SAVED)
    held = []

    def cross(route):
        if route.request.method == "POST":
            held.append(route)
            return
        page_before = route.fetch()
        held.pop().continue_()
        page.wait_for_timeout(1000)
        route.fulfill(response=page_before)

    page.route("**/plans/drafts/**", cross)
    with page.expect_request(lambda request: request.method == "POST"):
        page.get_by_label(STUDENTS).fill("Most of them wait.")
    page.reload()
    page.unroute_all()

    page.get_by_role("button", name="Put them back").click()
    expect(page.get_by_label(STUDENTS)).to_have_value("Most of them wait.")


def test_words_of_an_earlier_visit_are_not_lost_by_typing_others(page, entrance):
    """Nothing reaches the server, as behind a broken proxy: the tab alone keeps the words of both visits."""
    page.route(
        "**/plans/goals/new", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    page.get_by_label(OWN_WORK).fill("Typed at first.")
    page.goto(f"{entrance}/plans/goals/new")
    page.get_by_label(OWN_WORK).fill("Other words.")
    page.reload()

    page.get_by_role("button", name="Put them back").click()
    first = page.get_by_label(OWN_WORK).input_value()
    page.get_by_role("button", name="Put them back").click()

    assert {first, page.get_by_label(OWN_WORK).input_value()} == {"Typed at first.", "Other words."}
    expect(page.locator("#draft-offer")).to_be_hidden()


def test_a_session_that_ended_loses_no_word(context, page, site, database):
    page.get_by_label(OWN_WORK).fill("Before.")
    expect(page.locator("#saved-note")).to_have_text(SAVED)
    with database.transaction() as db:
        db.execute(delete(LaunchSession))
    page.get_by_label(STUDENTS).fill("Most of them wait.")
    expect(page.locator("#saved-note")).to_contain_text("Your session is over")

    page.goto(f"{site.enter(site.full.educator)}/plans/goals/new")
    page.get_by_role("link", name="Go on with it").first.click()
    page.get_by_role("button", name="Put them back").click()

    expect(page.get_by_label(OWN_WORK)).to_have_value("Before.")
    expect(page.get_by_label(STUDENTS)).to_have_value("Most of them wait.")
    expect(page.locator("#saved-note")).to_have_text(SAVED)


def test_a_second_tab_finds_the_words_and_two_tabs_keep_both(context, page, entrance, site, database):
    goal = f"{entrance}/plans/goals/{site.full.ids['goal_id']}"
    page.goto(f"{goal}/edit")
    page.get_by_label(MEASURE).fill("Words of the first tab.")
    expect(page.locator("#saved-note")).to_have_text(KEPT)

    second = context.new_page()
    second.goto(f"{goal}/edit")
    expect(second.get_by_text("You have unsaved words from").first).to_be_visible()
    second.get_by_label(MEASURE).fill("Words of the second tab.")
    expect(second.locator("#saved-note")).to_have_text(KEPT)

    assert {"Words of the first tab.", "Words of the second tab."} <= texts(database, "measure")
    with database.reading() as db:
        assert db.get_one(Goal, site.full.ids["goal_id"]).measure == "Exit tickets, every day."
    page.get_by_role("button", name="Save goal").click()
    second.get_by_role("button", name="Save goal").click()
    expect(second.get_by_role("heading", name="Put two versions together")).to_be_visible()
    expect(second.get_by_text("Words of the first tab.", exact=True)).to_be_visible()
    second.get_by_label("What you wrote here").check()
    second.get_by_role("button", name="Save goal").click()
    expect(second.get_by_text("Words of the second tab.")).to_be_visible()


def test_a_goal_is_written_by_keyboard_and_enter_joins_nobody(context, entrance, site, database):
    page = context.new_page()
    page.goto(f"{entrance}/plans/drafts/{site.full.ids['draft_id']}/4")
    page.get_by_label("Who works on it with you, and on what?").fill("Ben watches a lesson")

    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/plans/goals/\d+/declare"))
    with database.reading() as db:
        goal = db.scalars(select(Goal).where(Goal.headline == "Wait longer after a question")).one()
        assert (goal.with_whom, goal.joined_goal_id) == ("Ben watches a lesson", None)


def write_up_to_the_last_step(page) -> None:
    page.get_by_label(OWN_WORK).fill("Half of the tickets are empty.")
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("Learning is visible").click()
    page.get_by_label("Asks questions that open thinking").check()
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Your goal in one sentence").fill("Wait for an answer")
    page.get_by_role("button", name="Go on").click()


def test_a_saved_goal_leaves_nothing_behind_in_the_tab(page, site):
    write_up_to_the_last_step(page)
    page.get_by_role("button", name="Save and choose courses").click()

    expect(page.get_by_role("heading", name="Find learning for your goal")).to_be_visible()
    assert kept_in_the_tab(page) == []


def test_words_that_the_server_took_while_they_were_typed_leave_nothing_behind_in_the_tab(page, site):
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.ok):
        page.get_by_label(OWN_WORK).fill("Half of the tickets are empty.")

    assert kept_in_the_tab(page) == []


def test_a_goal_can_be_written_without_script(browser, entrance, database):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{entrance}/plans/goals/new")

    write_up_to_the_last_step(page)
    page.get_by_role("button", name="Carry on alone").click()
    page.get_by_role("button", name="Save and choose who may see it").click()

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    with database.reading() as db:
        assert db.scalars(select(Goal).where(Goal.headline == "Wait for an answer")).one()
    context.close()
