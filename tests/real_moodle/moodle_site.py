"""A running Moodle as its people use it: web services, signing in, and the calls that its pages make by script."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import requests

from practice_lms.browser import TIMEOUT, Browser, Form, JourneyError, Page, Value

MANAGER, EDITING_TEACHER, TEACHER, STUDENT = 1, 3, 4, 5
"""Ids of the roles that every Moodle is installed with (lib/db/install.php)."""
ACTIVE_TOOL = 1
"""LTI_TOOL_STATE_CONFIGURED (mod/lti/locallib.php)."""
IN_ACTIVITY_CHOOSER = "2"
"""LTI_COURSEVISIBLE_ACTIVITYCHOOSER (mod/lti/locallib.php)."""
PASSWORD = "Like.Goals.1"
FORM_MARK = re.compile(r"_qf__")
"""The field by which Moodle knows each of its forms."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can sign in."""

    id: int
    username: str
    name: str
    password: str = PASSWORD


@dataclass(frozen=True, slots=True)
class MoodleCourse:
    """A course, with completion on."""

    id: int
    title: str


class WebServices:
    """Moodle's REST web services, with one token."""

    def __init__(self, url: str, token: str) -> None:
        self._address, self._token = f"{url}/webservice/rest/server.php", token

    def call(self, function: str, **arguments: Any) -> Any:
        """Return what a function answers; an exception of Moodle's comes with status 200."""
        sent = {"wstoken": self._token, "wsfunction": function, "moodlewsrestformat": "json", **dict(_flat(arguments))}
        answer = requests.post(self._address, data=sent, timeout=TIMEOUT).json()
        if isinstance(answer, dict) and "exception" in answer:
            raise JourneyError(f"{function} answered {answer.get('errorcode')}: {answer.get('message')}")
        return answer

    def add_person(self, username: str, first: str, last: str) -> Account:
        """Make an account."""
        user = {
            "username": username, "password": PASSWORD, "firstname": first, "lastname": last,
            "email": f"{username}@example.org",
        }  # fmt: skip
        made = self.call("core_user_create_users", users=[user])
        return Account(made[0]["id"], username, f"{first} {last}")

    def add_course(self, short_name: str, title: str) -> MoodleCourse:
        """Make a course with completion on."""
        course = {"fullname": title, "shortname": short_name, "categoryid": 1, "enablecompletion": 1}
        made = self.call("core_course_create_courses", courses=[course])
        return MoodleCourse(made[0]["id"], title)

    def enrol(self, course: MoodleCourse, role: int, *people: Account) -> None:
        """Enrol people in a course."""
        enrolments = [{"roleid": role, "userid": each.id, "courseid": course.id} for each in people]
        self.call("enrol_manual_enrol_users", enrolments=enrolments)

    def is_course_complete(self, course: MoodleCourse, person: Account) -> bool:
        """Return whether Moodle says that a person finished a course."""
        answer = self.call("core_completion_get_course_completion_status", courseid=course.id, userid=person.id)
        return bool(answer["completionstatus"]["completed"])

    def activity_state(self, course: MoodleCourse, person: Account, cmid: int) -> int:
        """Return 0 for incomplete, 1 complete, 2 passed, 3 failed."""
        answer = self.call("core_completion_get_activities_completion_status", courseid=course.id, userid=person.id)
        return int(next(each["state"] for each in answer["statuses"] if each["cmid"] == cmid))

    def groups(self, course: MoodleCourse) -> list[dict[str, Any]]:
        """Return the groups of a course, each with `members`, the ids of its people."""
        groups: list[dict[str, Any]] = self.call("core_group_get_course_groups", courseid=course.id)
        for group in groups:
            (members,) = self.call("core_group_get_group_members", groupids=[group["id"]])
            group["members"] = set(members["userids"])
        return groups

    def groupings(self, course: MoodleCourse) -> list[dict[str, Any]]:
        """Return the groupings of a course, each with `members`, the ids of its groups."""
        ids = [each["id"] for each in self.call("core_group_get_course_groupings", courseid=course.id)]
        found: list[dict[str, Any]] = self.call("core_group_get_groupings", groupingids=ids, returngroups=True)
        for grouping in found:
            grouping["members"] = {group["id"] for group in grouping["groups"]}
        return found


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Spell nested values as PHP reads them: `groups[0][name]`."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _flat(each, f"{name}[{key}]" if name else key)
    elif isinstance(value, list | tuple):
        for number, each in enumerate(value):
            yield from _flat(each, f"{name}[{number}]")
    else:
        yield name, str(int(value) if isinstance(value, bool) else value)


class MoodleBrowser(Browser):
    """The browser of somebody who signed in to Moodle."""

    def __init__(self, url: str, username: str, password: str) -> None:
        super().__init__()
        self.url = url
        page = self.get(f"{url}/login/index.php")
        form = page.form(action="login/index.php", button="Log in")
        home = self.submit(page, form, {"username": username, "password": password})
        if "login/index.php" in home.url:
            raise JourneyError(f"Moodle did not let {username} in: {home.text[:300]}")
        self.sesskey = _found(r'"sesskey":"(\w+)"', home)

    def open(self, path: str) -> Page:
        """Open a page of Moodle's."""
        return self.get(f"{self.url}{path}")

    def ajax(self, function: str, **arguments: Any) -> Any:
        """Call one function as a script of Moodle's pages does (lib/ajax/service.php)."""
        address = f"{self.url}/lib/ajax/service.php?sesskey={self.sesskey}"
        body = [{"index": 0, "methodname": function, "args": arguments}]
        (answer,) = self._session.post(address, json=body, timeout=TIMEOUT).json()
        if answer["error"]:
            raise JourneyError(f"{function} answered {answer['exception'].get('message')}")
        return answer["data"]

    def press(self, page: Page, form: Form, values: Mapping[str, Value], button: str) -> Page:
        """Send a form by one of its buttons; Moodle shows a form again, with status 200, when it refuses it."""
        value = next(each[1] for each in form.buttons if each[0] == button)
        sent = self.submit(page, form, {**values, button: value})
        if any(FORM_MARK.match(name) and name in form.fields for each in sent.forms for name in each.fields):
            raise JourneyError(f"{page.url} was not accepted: {sent.text[-1500:]}")
        return sent

    # the site's administrator

    def register_tool(self, tool_url: str, *, status: int = 200) -> Page:
        """Begin dynamic registration (Manage tools: Tool URL); return the page that the tool shows in the frame."""
        asked = {"url": tool_url, "sesskey": self.sesskey, "type": "0"}
        return self.get(f"{self.url}/mod/lti/startltiadvregistration.php?{urlencode(asked)}", status=status)

    def tools(self) -> list[dict[str, Any]]:
        """Return the tools of the site."""
        asked = {"toolproxyid": 0, "orphanedonly": False, "limit": 0, "offset": 0}
        found: list[dict[str, Any]] = self.ajax("mod_lti_get_tool_types_and_proxies", **asked)["types"]
        return found

    def activate_tool(self, tool_id: int) -> str:
        """Press "Activate" on a tool's card; return its state in words."""
        state: str = self.ajax("mod_lti_update_tool_type", id=tool_id, state=ACTIVE_TOOL)["state"]["text"]
        return state

    def show_tool(self, tool_id: int) -> None:
        """Set a tool to "Show in activity chooser and as a preconfigured tool"."""
        page = self.open(f"/mod/lti/typessettings.php?action=update&id={tool_id}&sesskey={self.sesskey}")
        form = page.form(action="typessettings.php", button="Save")
        self.press(page, form, {"lti_coursevisible": IN_ACTIVITY_CHOOSER}, "submitbutton")

    def delete_tool(self, tool_id: int) -> None:
        """Delete a tool from the site."""
        self.ajax("mod_lti_delete_tool_type", id=tool_id)


def _found(pattern: str, page: Page) -> str:
    match = re.search(pattern, page.html)
    if match is None:
        raise JourneyError(f"{page.url} has no {pattern}: {page.text[:300]}")
    return match[1]
