"""The Advantage services of one platform: line items, scores and results (AGS 2.0), rosters (NRPS 2.0).

For grades `limit` is sent to Canvas alone, which otherwise gives ten at a time: Moodle's pages of results and line
items are broken where it is, and it gives everything without.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from pylti1p3.assignments_grades import AssignmentsGradesService
from pylti1p3.grade import Grade
from pylti1p3.lineitem import LineItem as LtiLineItem
from pylti1p3.names_roles import NamesRolesProvisioningService

from lti_tool.errors import LMSRejectedError
from lti_tool.lms.connector import Connector, is_same_origin, next_page
from lti_tool.lms.http import linked, with_query
from lti_tool.lms.platform import Platform, Scope
from lti_tool.lms.schemas import LineItemSchema, MembersSchema, ResultSchema, parse
from lti_tool.lms.tokens import AccessTokens

LINE_ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
LINE_ITEMS_TYPE = "application/vnd.ims.lis.v2.lineitemcontainer+json"
RESULTS_TYPE = "application/vnd.ims.lis.v2.resultcontainer+json"
CANVAS_SUBMISSION = "https://canvas.instructure.com/lti/submission"
CUSTOM_CLAIM = "https://purl.imsglobal.org/spec/lti/claim/custom"
MOST_PAGES = 2000
READ_LINE_ITEMS = (Scope.LINE_ITEM, Scope.LINE_ITEM_READ)


@dataclass(frozen=True, slots=True)
class LineItem:
    """A gradebook column (AGS 2.0 §3.2)."""

    url: str
    label: str
    score_maximum: float | None
    resource_id: str = ""
    tag: str = ""
    resource_link_id: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What the gradebook holds for a person; without a score the cell is empty (AGS 2.0 §3.3)."""

    user_id: str
    score: float | None
    maximum: float | None

    @property
    def is_full(self) -> bool:
        """Whether the whole of the maximum was reached."""
        return bool(self.maximum) and self.score is not None and self.score >= (self.maximum or 0)


@dataclass(frozen=True, slots=True)
class Member:
    """A person on a course's roster (NRPS 2.0 §2.2); roles may be short words or URIs."""

    user_id: str
    roles: tuple[str, ...]
    status: str = "Active"
    name: str = ""
    given_name: str = ""
    family_name: str = ""
    email: str = ""
    sourcedid: str = ""
    custom: Mapping[str, Any] = field(default_factory=dict)
    """The member's custom parameters, where the roster was asked for with a resource link."""


@dataclass(frozen=True, slots=True)
class Roster:
    """Who is in a course; of those who left, an LMS that tells differences sends the status "Deleted"."""

    members: list[Member]
    differences_url: str = ""
    """Where the LMS tells what changed since (NRPS 2.0 §2.4.2); empty where it does not."""


class Advantage:
    """Speaks to the services of one platform; every call may raise an `LMSError`."""

    def __init__(self, platform: Platform, tokens: AccessTokens) -> None:
        self._platform = platform
        self._connector = Connector(platform, tokens)

    def line_items(
        self, line_items_url: str, *, resource_link_id: str = "", resource_id: str = "", tag: str = ""
    ) -> list[LineItem]:
        """Return the tool's columns of a course, all pages, of what is asked for."""
        filters = {"resource_link_id": resource_link_id, "resource_id": resource_id, "tag": tag}
        asked = {name: value for name, value in filters.items() if value}
        pages = self._pages(with_query(line_items_url, asked.items()), READ_LINE_ITEMS, LINE_ITEMS_TYPE)
        found = [_line_item(each) for page in pages for each in _listed(page)]
        # a platform may leave a filter out; the next page's address may have lost it
        return [item for item in found if all(getattr(item, name) == value for name, value in asked.items())]

    def line_item(self, url: str) -> LineItem:
        """Return one column."""
        answer = self._connector.send("GET", url, READ_LINE_ITEMS, headers={"Accept": LINE_ITEM_TYPE})
        return _line_item(answer.json())

    def create_line_item(
        self, line_items_url: str, *, label: str, resource_id: str = "", tag: str = "", resource_link_id: str = ""
    ) -> LineItem:
        """Return a new column of maximum 1. No LMS keeps two callers from making the same one twice."""
        item = LtiLineItem().set_label(label).set_score_maximum(1)
        item.set_resource_id(resource_id).set_tag(tag).set_resource_link_id(resource_link_id)  # empty ones stay out
        headers = {"Accept": LINE_ITEM_TYPE, "Content-Type": LINE_ITEM_TYPE}
        answer = self._connector.send("POST", line_items_url, [Scope.LINE_ITEM], headers=headers, data=item.get_value())
        return _line_item(answer.json())

    def delete_line_item(self, url: str) -> None:
        """Delete a column that the tool made itself; an activity's own would take its completions with it."""
        self._connector.send("DELETE", url, [Scope.LINE_ITEM], headers={"Accept": LINE_ITEM_TYPE})

    def send_score(
        self, line_item_url: str, *, user_id: str, timestamp: datetime, achieved_at: datetime, is_first: bool = True
    ) -> None:
        """Send 1 of 1, Completed and FullyGraded: without the number both LMSs would erase the grade.

        Raises `StaleScoreError` when the LMS has a score of this time or a later one. `is_first` lets Canvas count
        a new submission; a grade that somebody set by hand there stays (scores_controller.rb).
        """
        grade = Grade().set_user_id(user_id).set_score_given(1).set_score_maximum(1)
        grade.set_activity_progress("Completed").set_grading_progress("FullyGraded").set_timestamp(moment(timestamp))
        if self._platform.family == "canvas":
            grade.set_extra_claims(_canvas_claims(achieved_at, is_first=is_first))
        service = AssignmentsGradesService(self._connector, {"scope": [Scope.SCORE.value], "lineitem": line_item_url})
        service.put_grade(grade)

    def results(self, line_item_url: str, *, user_id: str = "") -> list[Result]:
        """Return what the gradebook holds in a column, all pages, of one person or of everybody."""
        asked = {"user_id": user_id} if user_id else {"limit": "100"} if self._platform.family == "canvas" else {}
        url = with_query(_add_path(line_item_url, "results"), asked.items())
        found = [
            Result(**each)
            for page in self._pages(url, [Scope.RESULT_READ], RESULTS_TYPE)
            for each in parse(ResultSchema(), _listed(page), many=True)
        ]
        return [result for result in found if user_id in ("", result.user_id)]

    def memberships(self, memberships_url: str, *, role: str = "", resource_link_id: str = "") -> list[Member]:
        """Return the people of a course, of one role or of all."""
        return self.roster(memberships_url, role=role, resource_link_id=resource_link_id).members

    def roster(
        self, memberships_url: str, *, role: str = "", resource_link_id: str = "", limit: int | None = None
    ) -> Roster:
        """Return a course's roster, all pages of at most `limit`; a short page is not the last one (Canvas).

        Asked with an earlier roster's `differences_url` it returns who changed since.
        """
        service = NamesRolesProvisioningService(self._connector, {"context_memberships_url": memberships_url})
        asked = {"role": role, "rlid": resource_link_id, "limit": str(limit or "")}
        url: str | None = with_query(memberships_url, [(name, value) for name, value in asked.items() if value])
        seen: dict[str, Member] = {}
        differences = ""
        for _page in range(MOST_PAGES):
            page = service.get_nrps_data(url)
            for member in parse(MembersSchema(), page["body"])["members"]:
                seen.setdefault(member["user_id"], _member(member))
            differences = linked(page["headers"], "differences") or differences
            url = page["next_page_url"]
            if not url:
                is_usable = bool(differences) and is_same_origin(memberships_url, differences)
                return Roster(list(seen.values()), differences if is_usable else "")
        raise LMSRejectedError("The LMS's roster has no end.")

    def subscribe(self, notices_url: str, notice_type: str, *, handler: str) -> None:
        """Say where notices of a kind go (Platform Notification Service 1.0 §3.2)."""
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        content = json.dumps({"notice_type": notice_type, "handler": handler})
        self._connector.send("PUT", notices_url, [Scope.NOTICE_HANDLERS], headers=headers, data=content)

    def _pages(self, url: str | None, scopes: Sequence[str], media_type: str) -> Iterator[Any]:
        for _page in range(MOST_PAGES):
            if not url:
                return
            answer = self._connector.send("GET", url, scopes, headers={"Accept": media_type})
            yield answer.json()
            url = next_page(url, answer)
        raise LMSRejectedError("The LMS's list has no end.")


def moment(when: datetime) -> str:
    """Return a time as AGS 2.0 §3.4.9 wants it: always with milliseconds, in UTC."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _canvas_claims(achieved_at: datetime, *, is_first: bool) -> dict[str, Any]:
    return {
        "submission": {"submittedAt": moment(achieved_at)},
        CANVAS_SUBMISSION: {
            "new_submission": is_first,
            "preserve_score": False,
            "prioritize_non_tool_grade": True,
            "submitted_at": moment(achieved_at),
        },
    }


def _line_item(value: Any) -> LineItem:
    return LineItem(**parse(LineItemSchema(), value))


def _member(value: dict[str, Any]) -> Member:
    messages = value.pop("message")
    custom: dict[str, Any] = next(
        (each[CUSTOM_CLAIM] for each in messages if isinstance(each.get(CUSTOM_CLAIM), dict)), {}
    )
    return Member(**{**value, "roles": tuple(value["roles"]), "custom": custom})


def _listed(page: Any) -> list[Any]:
    if not isinstance(page, list):
        raise LMSRejectedError("The LMS sent an answer of a form that the tool does not know.")
    return page


def _add_path(url: str, ending: str) -> str:
    """Put a path's last part before the query (AGS 2.0 §3.3.4: Moodle's line items have one)."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{ending}"))
