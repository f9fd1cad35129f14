"""Pages as people use them in a real browser: drafts that survive, forms that are sent once, no script, no mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from lti_tool.plans.models import TryIt
from lti_tool.teams.models import Agreement
from tests.chromium import kept_in_the_tab

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

REASON = "What do you see in your own work?"


def test_what_was_typed_is_there_again_in_a_new_session_and_for_nobody_else(context, site):
    page = context.new_page()
    page.goto(f"{site.enter(site.full.educator)}/plans/goals/new")
    page.get_by_label(REASON).fill("Half of the exit tickets are empty.")
    page.wait_for_timeout(500)

    page.goto(f"{site.enter(site.full.educator)}/plans/goals/new")

    page.get_by_role("button", name="Put them back").click()
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
    assert kept_in_the_tab(page) == []


def test_a_comment_that_was_not_put_beside_its_field_yet_is_there_again_until_it_is(context, site):
    page = context.new_page()
    review = f"{site.enter(site.full.supervisor)}/plans/{site.full.ids['plan_id']}/review"
    page.goto(review)
    first, second = page.locator("details.comment-new").nth(0), page.locator("details.comment-new").nth(1)
    for comment, words in ((first, "How did you choose it?"), (second, "What would be enough?")):
        comment.locator("summary").click()
        comment.get_by_label("In words").fill(words)

    page.goto(review)

    expect(first.get_by_label("In words")).to_have_value("How did you choose it?")
    expect(second.get_by_label("In words")).to_have_value("What would be enough?")
    first.get_by_role("button", name="Put it beside the field").click()
    expect(page.get_by_role("status").first).to_be_visible()
    expect(first.get_by_label("In words")).to_have_value("")
    expect(second.get_by_label("In words")).to_have_value("What would be enough?")


def test_what_is_typed_in_a_teams_room_is_there_again_until_it_is_sent(context, site):
    page = context.new_page()
    place = f"/teams/{site.full.ids['team_id']}/room"
    page.goto(f"{site.enter(site.full.educator)}{place}")
    agreement, ask = (page.locator("section", has=page.locator(f"#{each}-title")) for each in ("agreement", "help"))
    question, agreed = page.get_by_label("What would help you?"), page.get_by_label("Our agreement")
    agreement.locator("summary").click()
    agreed.fill("We ask first.")
    ask.locator("summary", has_text="Ask my team").click()
    question.fill("Who has exit notes of a whole term?")
    answer = ask.get_by_label("Your words")
    ask.locator("summary", has_text="Answer").click()
    answer.fill("I do, of spring.")

    page.goto(f"{site.enter(site.full.educator)}{place}")

    expect(question).to_have_value("Who has exit notes of a whole term?")
    expect(answer).to_have_value("I do, of spring.")
    page.get_by_role("button", name="Put them back").click()
    expect(agreed).to_have_value("We ask first.")
    ask.get_by_role("button", name="Ask my team").click()
    expect(page.get_by_role("status").first).to_contain_text("Your team is asked")
    expect(question).to_have_value("")
    expect(answer.last).to_have_value("I do, of spring.")


def test_words_that_did_not_arrive_stay_though_another_form_of_the_page_is_sent(context, site):
    page = context.new_page()
    room = f"{site.enter(site.full.educator)}/teams/{site.full.ids['team_id']}/room"
    question = page.get_by_label("What would help you?")
    page.goto(room)
    page.locator("summary", has_text="Ask my team").click()
    question.fill("Who has exit notes of a whole term?")
    page.route("**/room/help", lambda route: route.fulfill(status=502, body="Bad gateway"))
    page.get_by_role("button", name="Ask my team").click()
    expect(page.get_by_text("Bad gateway")).to_be_visible()

    page.goto(room)
    page.get_by_role("button", name="Save who was there").click()

    expect(page.get_by_role("status").first).to_contain_text("Who was there is noted")
    expect(question).to_have_value("Who has exit notes of a whole term?")


def test_an_agreement_that_is_put_back_does_not_replace_what_a_teammate_saved_since(context, site, database):
    page = context.new_page()
    room = f"{site.enter(site.full.educator)}/teams/{site.full.ids['team_id']}/room"
    section = page.locator("section", has=page.locator("#agreement-title"))
    page.goto(room)
    section.locator("summary").click()
    page.get_by_label("Our agreement").fill("We ask first.")
    with database.transaction() as db:
        db.get_one(Agreement, site.full.ids["team_id"]).words = "We meet on Fridays."

    page.goto(room)
    page.get_by_role("button", name="Put them back").click()
    page.get_by_role("button", name="Save it").click()

    expect(page.get_by_role("alert")).to_contain_text("A teammate changed the agreement in the meantime")
    expect(section.locator("p").first).to_have_text("We meet on Fridays.")
    expect(page.get_by_label("Our agreement")).to_have_value("We ask first.")
    page.get_by_role("button", name="Save it").click()
    expect(page.get_by_role("status").first).to_contain_text("is saved")


def test_words_that_the_browser_keeps_by_itself_do_not_replace_what_a_teammate_saved_since(context, site, database):
    page = context.new_page()
    entrance = site.enter(site.full.educator)
    page.goto(f"{entrance}/teams/{site.full.ids['team_id']}/room")
    page.locator("section", has=page.locator("#agreement-title")).locator("summary").click()
    page.get_by_label("Our agreement").fill("We ask first.")
    page.goto(f"{entrance}/")
    with database.transaction() as db:
        db.get_one(Agreement, site.full.ids["team_id"]).words = "We meet on Fridays."

    page.go_back()
    expect(page.get_by_label("Our agreement")).to_have_value("We meet on Fridays.")
    page.get_by_role("button", name="Put them back").click()
    page.get_by_role("button", name="Save it").click()

    expect(page.get_by_role("alert")).to_contain_text("A teammate changed the agreement in the meantime")
    with database.reading() as db:
        assert db.get_one(Agreement, site.full.ids["team_id"]).words == "We meet on Fridays."


def test_words_of_a_form_without_an_offer_are_in_it_again_on_the_way_back_beside_what_was_saved_since(
    context, site, database
):
    page = context.new_page()
    entrance = site.enter(site.full.educator)
    plan = page.get_by_label("What will you try, and with which students?")
    page.goto(f"{entrance}/plans/try-its/{site.full.ids['try_id']}")
    plan.fill("Wait three seconds in one class.")
    page.goto(f"{entrance}/")
    with database.transaction() as db:
        db.get_one(TryIt, site.full.ids["try_id"]).plan = "Wait five seconds."

    page.go_back()
    expect(plan).to_have_value("Wait three seconds in one class.")
    page.get_by_role("button", name="Keep the plan").click()

    expect(page.get_by_text("Saved elsewhere since: Wait five seconds.").first).to_be_visible()
    expect(plan).to_have_value("Wait three seconds in one class.")


def test_what_is_put_back_stands_beside_what_was_saved_on_another_page_since(context, site, database):
    page = context.new_page()
    attempt = f"{site.enter(site.full.educator)}/plans/try-its/{site.full.ids['try_id']}"
    told = page.get_by_label("What did you try, and what came of it?")
    page.goto(attempt)
    told.fill("Waiting three seconds helped.")
    with database.transaction() as db:
        db.get_one(TryIt, site.full.ids["try_id"]).reflection = "Waiting five helped."

    page.goto(attempt)
    page.get_by_role("button", name="Put them back").click()
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("Saved elsewhere since: Waiting five helped.").first).to_be_visible()
    expect(told).to_have_value("Waiting three seconds helped.")


def test_what_a_team_agreed_on_keeps_its_lines_in_the_room(context, site):
    page = context.new_page()
    page.goto(f"{site.enter(site.full.educator)}/teams/{site.full.ids['team_id']}/room")
    page.locator("section", has=page.locator("#agreement-title")).locator("summary").click()
    page.get_by_label("Our agreement").fill("We ask first.\nWe meet on Fridays.")
    page.get_by_role("button", name="Save it").click()

    expect(page.get_by_role("status").first).to_contain_text("is saved")
    assert page.locator("#agreement-title + p").inner_text() == "We ask first.\nWe meet on Fridays."


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

    page.get_by_label("In your own words").fill("reading specialist")
    page.get_by_role("button", name="Save my profile").click()

    expect(page.get_by_role("status")).to_have_text("Your profile is saved.")
    expect(page.get_by_text("reading specialist")).to_be_visible()
    context.close()


def test_nothing_on_a_page_breaks_its_own_content_policy(context, site):
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for person in (site.full.educator, site.full.designer, site.full.administrator):
        page.goto(site.enter(person) + "/")

    assert said == []
