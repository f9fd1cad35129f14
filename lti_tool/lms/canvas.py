"""Canvas's REST side (/api/v1): it acts as the person who connected it, within the API key's scopes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from lti_tool.errors import LMSAccessError, LMSError, LMSRejectedError, LMSWaitingError
from lti_tool.lms.canvas_errors import REST
from lti_tool.lms.canvas_groups import sync_group
from lti_tool.lms.canvas_oauth import is_stale, renewed
from lti_tool.lms.connector import next_page
from lti_tool.lms.http import Answer, gateway
from lti_tool.lms.platform import Platform, RestCredentials
from lti_tool.lms.rest import CompletionRead, CompletionReads, CourseQuestion, GroupRead, GroupSpec, PersonCompletion
from lti_tool.lms.schemas import CanvasModuleSchema, CanvasProgressSchema, CanvasUserProgressSchema, NamedSchema, parse

MOST_PAGES = 2000
INCLUDE_ITEMS = ("include[]", "items")
REFUSALS = 2
"""A token that is refused may have been replaced by one that has ended as well."""
NOT_MODULE_BASED = (
    "This course has no modules with requirements in Canvas, so nobody can complete it there. A teacher can add them."
)


class CanvasRest:
    """One Canvas, called with the access token of whoever connected it."""

    def __init__(self, platform: Platform) -> None:
        if platform.rest is None:
            raise LMSAccessError("No access to Canvas's API was given.")
        self._platform = platform
        self._rest: RestCredentials = platform.rest

    def check(self) -> str:
        """Return as whom the tool is let in."""
        return str(parse(NamedSchema(), self.send("GET", "users/self").json())["name"])

    def read_completions(self, questions: Sequence[CourseQuestion]) -> CompletionReads:
        """Return who completed these courses, each read in one go."""
        courses: dict[str, CompletionRead] = {}
        gone: set[str] = set()
        for each in questions:
            try:
                read = self._read_course(each.course_id, each.user_ids)
            except LMSError as error:
                return CompletionReads(courses, frozenset(gone), error)
            if read is None:
                gone.add(each.course_id)
            else:
                courses[each.course_id] = read
        return CompletionReads(courses, frozenset(gone))

    def _read_course(self, course_id: str, user_ids: Sequence[str]) -> CompletionRead | None:
        """Return who completed a course; None where there is no such course.

        All are read at once where the person who connected may see all grades, else one by one.
        """
        try:
            rows = self._progress_of_all(course_id) if user_ids else {}
        except LMSWaitingError:
            rows = self._progress_one_by_one(course_id, user_ids)
        except LMSRejectedError as error:
            if error.http_status == 404:  # of this path it can only be the course
                return None
            if error.http_status != 400:
                raise
            return CompletionRead(untold=tuple(user_ids), why_not_trackable=NOT_MODULE_BASED, has_no_rules=True)
        known = [(user_id, rows[user_id]) for user_id in user_ids if user_id in rows]
        told = [
            PersonCompletion(user_id, row["completed_at"] is not None, row["completed_at"])
            for user_id, row in known
            if row["requirement_count"]
        ]
        untold = {user_id for user_id, row in known} - {each.user_id for each in told}
        return CompletionRead(tuple(told), tuple(sorted(untold)), NOT_MODULE_BASED if untold and not told else "")

    def required_activities(self, course_id: str, user_ids: Sequence[str]) -> frozenset[str] | None:  # noqa: ARG002
        """Return the titles of the items with a requirement; Canvas leaves the items out of very large modules.

        It gives none to an API key that enforces scopes and does not allow include parameters.
        """
        modules = parse(
            CanvasModuleSchema(), list(self.all_of(f"courses/{course_id}/modules", [INCLUDE_ITEMS])), many=True
        )
        shown = [module["items"] for module in modules if module["items"] is not None]
        if modules and not shown:
            return None
        items = [item for each in shown for item in each]
        return frozenset(item["title"] for item in items if item["completion_requirement"])

    def sync_group(self, course_id: str, spec: GroupSpec) -> GroupRead:
        return sync_group(self, course_id, spec)

    def get(self, path: str) -> Any:
        """Return one object."""
        return self.send("GET", path).json()

    def all_of(self, path: str, params: Iterable[tuple[str, str]] = ()) -> Iterator[Any]:
        """Yield the items of all pages; the addresses of pages are opaque and the last one is not always named."""
        url, asked = self._url(path), [("per_page", "100"), *params]
        for _page in range(MOST_PAGES):
            answer = self._send("GET", url, params=asked)
            items = answer.json()
            if not isinstance(items, list):
                raise LMSRejectedError("Canvas sent an answer of a form that the tool does not know.")
            yield from items
            following = next_page(url, answer)
            if not following:
                return
            url, asked = following, []
        raise LMSRejectedError("Canvas's list has no end.")

    def send(self, method: str, path: str, **form: str) -> Answer:
        """Return the answer of one call."""
        return self._send(method, self._url(path), data=form or None)

    def _send(self, method: str, url: str, **content: Any) -> Answer:
        """Call with a token that is fresh; one that is refused was renewed by somebody else, or is renewed now."""
        if is_stale(self._rest):
            self._renew()
        for _refusal in range(REFUSALS):
            try:
                return self._send_once(method, url, **content)
            except LMSAccessError as error:
                if error.http_status != 401:
                    raise
            self._renew()
        return self._send_once(method, url, **content)

    def _renew(self) -> None:
        self._rest = renewed(self._rest, self._platform.private_hosts)

    def _send_once(self, method: str, url: str, **content: Any) -> Answer:
        headers = {"Authorization": f"Bearer {self._rest.access_token}", "Accept": "application/json"}
        return gateway(self._platform.private_hosts).send(method, url, headers=headers, rules=REST, **content)

    def _url(self, path: str) -> str:
        return f"{self._rest.base_url.rstrip('/')}/api/v1/{path}"

    def _progress_of_all(self, course_id: str) -> dict[str, dict[str, Any]]:
        rows = self.all_of(f"courses/{course_id}/bulk_user_progress")
        return {row["id"]: row["progress"] for row in parse(CanvasUserProgressSchema(), list(rows), many=True)}

    def _progress_one_by_one(self, course_id: str, user_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Ask for each; 400 means no modules or no student, 404 not in the course (courses_controller.rb)."""
        rows = {}
        for user_id in user_ids:
            try:
                row = self.get(f"courses/{course_id}/users/{user_id}/progress")
            except LMSRejectedError as error:
                if error.http_status == 404:
                    continue
                if error.http_status != 400:
                    raise
                row = {"error": "not told"}
            rows[user_id] = parse(CanvasProgressSchema(), row)
        return rows
