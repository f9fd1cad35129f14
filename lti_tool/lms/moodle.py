"""Moodle's REST side: its web services. Seen on Moodle 4.5; every exception there is HTTP 200 with an errorcode."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from lti_tool.errors import LMSAccessError, LMSRejectedError
from lti_tool.lms.http import error_for, gateway
from lti_tool.lms.moodle_completions import read_completions, required_activities
from lti_tool.lms.moodle_errors import SWITCHED_OFF, WEB_SERVICE
from lti_tool.lms.moodle_groups import sync_group
from lti_tool.lms.platform import Platform, RestCredentials
from lti_tool.lms.rest import CompletionReads, CourseQuestion, GroupRead, GroupSpec

NEEDED_FUNCTIONS = (
    "core_webservice_get_site_info",
    "core_enrol_get_users_courses",
    "core_completion_get_course_completion_status",
    "core_enrol_get_enrolled_users",
    "core_group_get_course_groups",
    "core_group_create_groups",
    "core_group_update_groups",
    "core_group_get_group_members",
    "core_group_add_group_members",
    "core_group_delete_group_members",
    "core_group_get_course_groupings",
    "core_group_create_groupings",
    "core_group_assign_grouping",
)


class MoodleRest:
    """One Moodle, called as the owner of the web-service token."""

    def __init__(self, platform: Platform) -> None:
        if platform.rest is None:
            raise LMSAccessError("No access to Moodle's web services was given.")
        self._platform = platform
        self._rest: RestCredentials = platform.rest

    def check(self) -> str:
        """Return as whom the tool is let in; raise `LMSAccessError` naming the functions that the service lacks."""
        site = self.call("core_webservice_get_site_info")
        if not isinstance(site, dict) or not isinstance(site.get("functions"), list):
            raise LMSRejectedError("This address does not answer as Moodle's web services do.")
        offered = {each.get("name") for each in site["functions"] if isinstance(each, dict)}
        lacking = [name for name in NEEDED_FUNCTIONS if name not in offered]
        if lacking:
            raise LMSAccessError(f"The service in Moodle lacks these functions: {', '.join(lacking)}.")
        return f"{site.get('fullname', '')} on {site.get('sitename', '')}".strip()

    def read_completions(self, questions: Sequence[CourseQuestion]) -> CompletionReads:
        """Return who completed these courses: one call per person, and one more for the time of who newly did."""
        return read_completions(self._answer, questions)

    def required_activities(self, course_id: str, user_ids: Sequence[str]) -> frozenset[str] | None:
        """Return the titles of the activities among the conditions, as Moodle shows them for one of its learners."""
        return required_activities(self._answer, course_id, user_ids)

    def sync_group(self, course_id: str, spec: GroupSpec) -> GroupRead:
        return sync_group(self.call, course_id, spec)

    def call(self, function: str, tolerated: Collection[str] = (), /, **arguments: Any) -> Any:
        """Return what a web-service function answers, or None for a tolerated errorcode.

        Lists and dicts among the arguments become Moodle's `name[0][field]`.
        """
        found, code = self._answer(function, arguments)
        if code and code not in tolerated:
            raise error_for(200, code, WEB_SERVICE)
        return found

    def _answer(self, function: str, arguments: dict[str, Any]) -> tuple[Any, str]:
        """Return what a function answers and no errorcode, or nothing and its errorcode."""
        form = {
            **dict(_flatten(arguments)),
            "wstoken": self._rest.access_token,
            "wsfunction": function,
            "moodlewsrestformat": "json",
        }
        url = f"{self._rest.base_url.rstrip('/')}/webservice/rest/server.php"
        found = gateway(self._platform.private_hosts).send("POST", url, data=form, rules=SWITCHED_OFF).json()
        if not isinstance(found, dict) or "exception" not in found:
            return found, ""
        return None, re.sub(r"[^a-z0-9_]", "", str(found.get("errorcode", "")).lower())


def _flatten(value: Any, name: str = "") -> Iterable[tuple[str, str]]:
    """Yield form fields as PHP reads them (webservice/rest/locallib.php)."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _flatten(each, f"{name}[{key}]" if name else key)
    elif isinstance(value, list | tuple):
        for number, each in enumerate(value):
            yield from _flatten(each, f"{name}[{number}]")
    else:
        yield name, str(value)
