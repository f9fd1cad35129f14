"""What people do on the tool's pages, after opening it from Moodle."""

from __future__ import annotations

import re
from collections.abc import Mapping

from practice_lms.browser import JourneyError, Page, Value
from tests.real_moodle.course_pages import Activity, open_activity
from tests.real_moodle.moodle_site import Account, MoodleBrowser, MoodleCourse

SESSION = re.compile(r"^(https?://[^/]+/s/[^/?]+)")


class Visitor(MoodleBrowser):
    """Somebody who is signed in to Moodle and opens the tool from there."""

    def __init__(self, moodle_url: str, account: Account) -> None:
        super().__init__(moodle_url, account.username, account.password)
        self.account = account
        self.session_url = ""
        self.goal = 0
        """The number of the goal that this person wrote."""

    @property
    def id(self) -> int:
        return self.account.id

    @property
    def name(self) -> str:
        return self.account.name

    def launch(self, activity: Activity) -> Page:
        """Open the tool in its activity, and stay in that session."""
        page = open_activity(self, activity)
        return self.arrive(page)

    def arrive(self, page: Page) -> Page:
        """Remember the session that a launch opened."""
        found = SESSION.match(page.url)
        if found is None:
            raise JourneyError(f"{self.name} did not arrive in the tool but at {page.url}: {page.text[:400]}")
        self.session_url = found[1]
        return page

    def tool(self, path: str, *, status: int = 200) -> Page:
        """Open a page of the tool."""
        return self.get(self.session_url + path, status=status)

    def push(self, page: Page, values: Mapping[str, Value] | None = None, *, action: str = "", button: str = "",
             status: int = 200) -> Page:  # fmt: skip
        """Send the form of a page that goes to such an address or has such a button."""
        return self.submit(page, page.form(action=action, button=button), values, status=status)


def number_in(pattern: str, page: Page) -> int:
    """Return the number of the first link or form of a page whose address matches."""
    addresses = [page.url, *(each for each, _ in page.links), *(form.action for form in page.forms)]
    found = next((match for each in addresses if (match := re.search(pattern, each))), None)
    if found is None:
        raise JourneyError(f"{page.url} leads nowhere like {pattern}: {page.text[:400]}")
    return int(found[1])


def attach_to_indicator(designer: Visitor) -> str:
    """Attach the course to the first indicator of its framework; return the indicator's number."""
    course = number_in(r"/opportunities/(\d+)/alignment", designer.tool("/?as=designer"))
    page = designer.tool(f"/standards/opportunities/{course}/alignment")
    form = page.form(action=r"/opportunities/\d+/alignment")
    indicator = form.choices["indicator"][0][0]
    everybody = dict.fromkeys(("grade_bands", "disciplines", "roles", "contexts"), "all")
    values = {"indicator": indicator, f"strength-{indicator}": "develops", **everybody}
    designer.submit(page, form, values)
    return indicator


def write_goal(educator: Visitor, headline: str, reason: str, indicator: str) -> None:
    """Write a goal on an indicator in its four steps, let the launch's course count toward it, and declare it."""
    change = {
        "headline": headline, "practice_change": "Two questions that every student answers.",
        "student_result": "Most can say what they do not understand yet.", "measure": "Exit notes of two classes.",
    }  # fmt: skip
    page = educator.push(educator.tool("/plans/goals/new"), {"educator_text": reason}, action="/goals/new")
    page = educator.push(page, {"indicator_ids": indicator}, action=r"/drafts/\d+/2")
    page = educator.push(page, change, action=r"/drafts/\d+/3")
    found = educator.push(page, {"do": "courses"}, action=r"/drafts/\d+/4")
    educator.goal = number_in(r"/plans/goals/(\d+)/learning", found)
    counted = educator.push(found, action=rf"/goals/{educator.goal}/learning/\d+$")
    declare = educator.get(counted.link(href=rf"/goals/{educator.goal}/declare"))
    card = {
        "audience": "district", "next_step": "Try exit questions with one class.",
        "offer": "", "wish": "Somebody with large classes.", "do": "share",
    }  # fmt: skip
    educator.push(declare, card, action="/declare")


def goal_page(educator: Visitor) -> Page:
    """Open the person's own goal."""
    return educator.tool(f"/plans/goals/{educator.goal}")


def reflect(educator: Visitor) -> Page:
    """Say what came of the try-it that a finished course opened."""
    page = educator.get(goal_page(educator).link(href=r"/plans/try-its/\d+"))
    return educator.push(
        page, {"words": "Eight of thirty could not say what they had missed."}, action=r"/try-its/\d+$"
    )


def meet_goal(educator: Visitor, *, status: int = 200) -> Page:
    """Say that the goal is met."""
    page = educator.tool(f"/plans/goals/{educator.goal}/meet")
    return educator.post(page.url, {"words": "Most say it now. Next: the other classes."}, status=status)


def ask_lms(administrator: Visitor, course: MoodleCourse) -> None:
    """Press the button by which an administrator has the LMS asked who finished a course."""
    page = administrator.tool("/sync/")
    administrator.push(page, action=r"/sync/courses/\d+/read", button=re.escape(course.title))


def score_page(administrator: Visitor, educator: Visitor, course: MoodleCourse) -> Page | None:
    """Open the story of an educator's score in a course, as the review tells it; None when there is no score yet."""
    overview = administrator.tool("/sync/scores")
    for address, _ in overview.links:
        if re.search(r"/sync/scores/\d+", address):
            page = administrator.get(overview.link(href=re.escape(address)))
            if educator.name in page.text and course.title in page.text:
                return page
    return None
