"""People of a trial: each with a browser, signed in to the LMS, who open the tool from a course."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from practice_lms.browser import Browser, JourneyError, Page

SESSION = re.compile(r"^(https?://[^/]+/s/[^/?]+)")


@dataclass(slots=True)
class Member:
    """Somebody with an account in the practice LMS."""

    lms_url: str
    login: str
    browser: Browser = field(default_factory=Browser)
    session_url: str = ""
    """Where the pages of the last launch are."""

    def sign_in(self) -> Member:
        """Become this person, as the bar of the practice LMS lets one do."""
        number = next(each["id"] for each in self.lms("people") if each["login"] == self.login)
        self.browser.post(f"{self.lms_url}/people/{number}/sign-in")
        return self

    def lms(self, what: str) -> list[dict[str, Any]]:
        """Return what the LMS itself says: `people` or `courses`."""
        found: list[dict[str, Any]] = self.browser.json(f"{self.lms_url}/practice/state/{what}")
        return found

    def course(self, label: str) -> dict[str, Any]:
        """Return what the LMS says of one course."""
        return next(each for each in self.lms("courses") if each["label"] == label)

    def gradebook(self, label: str) -> dict[str, Any]:
        """Return the gradebook of one course: `line_items` and `grades`."""
        book: dict[str, Any] = self.browser.json(
            f"{self.lms_url}/practice/state/gradebook?course={self.course(label)['id']}"
        )
        return book

    def groups(self, label: str) -> list[dict[str, Any]]:
        """Return the groups of one course, each with the name of its set."""
        answer = self.browser.json(f"{self.lms_url}/practice/state/groups?course={self.course(label)['id']}")
        return [{**group, "set": each["name"]} for each in answer["sets"] for group in each["groups"]]

    def open(self, path: str) -> Page:
        """Open a page of the LMS."""
        return self.browser.get(self.lms_url + path)

    def launch(self, path: str) -> Page:
        """Launch the tool from this address of the LMS and remember the session that it opened."""
        page = self.browser.get(self.lms_url + path)
        found = SESSION.match(page.url)
        if found is None:
            raise JourneyError(f"{self.login} did not arrive in the tool but at {page.url}: {page.text[:400]}")
        self.session_url = found[1]
        return page

    def launch_tool_activity(self, label: str) -> Page:
        """Launch the link to the tool that was placed in a course."""
        activities = [each for each in self.course(label)["activities"] if each["tool_id"]]
        if not activities:
            raise JourneyError(f"{label} has no link to the tool.")
        return self.launch(f"/launch/activities/{activities[0]['id']}")

    def tool(self, path: str, *, status: int = 200) -> Page:
        """Open a page of the tool in the session of the last launch."""
        return self.browser.get(self.session_url + path, status=status)
