"""Moodle's REST side: its web services. Seen on Moodle 4.5; every exception there is HTTP 200 with an errorcode."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from lti_tool.errors import LMSAccessError, LMSRejectedError
from lti_tool.lms.http import error_for, gateway
from lti_tool.lms.moodle_errors import SWITCHED_OFF, WEB_SERVICE
from lti_tool.lms.moodle_groups import sync_group
from lti_tool.lms.platform import Platform, RestCredentials
from lti_tool.lms.rest import CompletionRead, GroupRead, GroupSpec, PersonCompletion
from lti_tool.lms.schemas import MoodleCompletionSchema, MoodleCourseSchema, parse

NEEDED_FUNCTIONS = (
    "core_webservice_get_site_info",
    "core_enrol_get_users_courses",
    "core_completion_get_course_completion_status",
    "core_enrol_get_enrolled_users",
    "core_group_get_course_groups",
    "core_group_create_groups",
    "core_group_get_group_members",
    "core_group_add_group_members",
    "core_group_delete_group_members",
    "core_group_get_course_groupings",
    "core_group_create_groupings",
    "core_group_assign_grouping",
)
NO_SUCH_PERSON = frozenset({"invaliduser", "invalidrecord", "invalidparameter"})
NO_DETAIL = frozenset({"cannotviewreport", "usernotenroled", "nopermissions"})
NO_COMPLETION = "This course does not track completion in Moodle. A teacher can turn it on in the course's settings."
NO_CRITERIA = "This course has no conditions for its completion in Moodle. A teacher can set them there."
NOBODY_SEEN = "Moodle told the tool of nobody in this course. Check that the tool's account may see its participants."


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

    def read_completions(self, course_id: str, user_ids: Sequence[str]) -> CompletionRead:
        """Return who completed the course: one call per person, and one more for the time of who did."""
        told, untold = [], []
        for user_id in user_ids:
            course = self._course_of(user_id, course_id)
            if course and (why_not := _why_not_trackable(course)):
                return CompletionRead(untold=tuple(user_ids), why_not_trackable=why_not)
            if course is None or course["completed"] is None:
                untold.append(user_id)
            else:
                told.append(self._completion(course_id, user_id, is_completed=course["completed"]))
        why_not = NOBODY_SEEN if untold and not told else ""
        return CompletionRead(tuple(told), tuple(untold), why_not)

    def sync_group(self, course_id: str, spec: GroupSpec) -> GroupRead:
        return sync_group(self.call, course_id, spec)

    def call(self, function: str, tolerated: Collection[str] = (), /, **arguments: Any) -> Any:
        """Return what a web-service function answers, or None for a tolerated errorcode.

        Lists and dicts among the arguments become Moodle's `name[0][field]`.
        """
        form = {
            **dict(_flatten(arguments)),
            "wstoken": self._rest.access_token,
            "wsfunction": function,
            "moodlewsrestformat": "json",
        }
        url = f"{self._rest.base_url.rstrip('/')}/webservice/rest/server.php"
        answer = gateway(self._platform.private_hosts).send("POST", url, data=form, rules=SWITCHED_OFF)
        found = answer.json()
        if not isinstance(found, dict) or "exception" not in found:
            return found
        code = re.sub(r"[^a-z0-9_]", "", str(found.get("errorcode", "")).lower())
        if code in tolerated:
            return None
        raise error_for(answer.status, code, WEB_SERVICE)

    def _course_of(self, user_id: str, course_id: str) -> dict[str, Any] | None:
        """Return the course in the list of a person's, or None; Moodle leaves out what the account may not see."""
        courses = self.call("core_enrol_get_users_courses", NO_SUCH_PERSON, userid=user_id, returnusercount=0)
        found = parse(MoodleCourseSchema(), courses or [], many=True)
        return next((course for course in found if course["id"] == course_id), None)

    def _completion(self, course_id: str, user_id: str, *, is_completed: bool) -> PersonCompletion:
        completed_at = self._completed_at(course_id, user_id) if is_completed else None
        return PersonCompletion(user_id, is_completed, completed_at)

    def _completed_at(self, course_id: str, user_id: str) -> datetime | None:
        """Return when the last condition was met: Moodle gives no time for the course as a whole."""
        function = "core_completion_get_course_completion_status"
        answer = self.call(function, NO_DETAIL, courseid=course_id, userid=user_id)
        if answer is None:
            return None
        status = parse(MoodleCompletionSchema(), answer.get("completionstatus") if isinstance(answer, dict) else None)
        times = [each["timecompleted"] for each in status["completions"] if each["complete"]]
        latest = max((time for time in times if time), default=None)
        return datetime.fromtimestamp(latest, UTC) if latest else None


def _why_not_trackable(course: dict[str, Any]) -> str:
    if course["enablecompletion"] is False:
        return NO_COMPLETION
    return NO_CRITERIA if course["completionhascriteria"] is False else ""


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
