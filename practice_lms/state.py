"""What the practice LMS remembers: plain records in memory, gone when it stops.

Every record is reached from one `Lms`. Requests hold `Lms.lock` while they read or change it.
"""

from __future__ import annotations

import hashlib
import itertools
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from practice_lms.connections import Connections
from practice_lms.keys import PlatformKeys
from practice_lms.lti.records import LtiRecords


class Flavour(StrEnum):
    """Whose manners an instance wears."""

    MOODLE = "moodle"
    CANVAS = "canvas"


class Enrolment(StrEnum):
    """What somebody is in one course; Canvas and Moodle name and map these differently."""

    STUDENT = "student"
    TEACHER = "teacher"
    ASSISTANT = "assistant"
    DESIGNER = "designer"


@dataclass(slots=True)
class User:
    """A person with an account. `lti_id` is the `sub` of launches; `id` is what REST calls use."""

    id: int
    lti_id: str
    login: str
    given_name: str
    family_name: str
    email: str
    sis_id: str
    school: str
    position: str
    """What the person does, in words for the page that switches who one is."""
    role: str = ""
    """The kind of work, in one word or two; `pupil` marks a child."""
    administrator: bool = False
    past_lti_ids: dict[int, str] = field(default_factory=dict)
    """Canvas after a merge of users: course id to the `sub` that this course still sees."""
    test_student: bool = False
    """Canvas: the made-up learner behind a teacher's "student view"."""

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"


class Requirement(StrEnum):
    """What makes an activity complete for a learner."""

    NONE = "none"
    VIEW = "view"
    DONE = "done"
    GRADE = "grade"
    PASS = "pass"  # noqa: S105 - a requirement, no secret


@dataclass(slots=True)
class Activity:
    """Something in a course: a page to work through, or a link to a tool (`tool_id` is set)."""

    id: int
    course_id: int
    title: str
    requirement: Requirement = Requirement.NONE
    body: str = ""
    published: bool = True
    tool_id: int | None = None
    resource_link_id: str = ""
    url: str = ""
    custom: dict[str, str] = field(default_factory=dict)
    new_window: bool = False
    submission_type: str = "external_tool"
    pass_fail: bool = False
    """Canvas: graded as complete or incomplete, whatever the number."""
    allowed_attempts: int | None = None
    pass_grade: float | None = None
    column_deleted: bool = False
    """Moodle: a tool deleted this activity's own gradebook column through AGS."""


@dataclass(slots=True)
class Course:
    """A course; `context_id` is what LTI calls it, `id` what REST calls it."""

    id: int
    context_id: str
    label: str
    title: str
    sis_id: str = ""
    concluded: bool = False
    completion_enabled: bool = True
    """Moodle: completion tracking is on. Canvas: it has modules with requirements."""
    copied_from: list[str] = field(default_factory=list)
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    enrolments: dict[int, Enrolment] = field(default_factory=dict)
    """User id to role; one who leaves is simply no longer here, as in both LMSs."""
    suspended: set[int] = field(default_factory=set)
    navigation: dict[int, bool] = field(default_factory=dict)
    """Canvas: tool id to whether a teacher turned its course navigation on or off here."""


@dataclass(slots=True)
class Section:
    """A part of a course's people, such as one school's."""

    id: int
    course_id: int
    name: str
    sis_id: str = ""
    member_ids: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Tool:
    """A registered LTI tool and its one deployment."""

    id: int
    client_id: str
    deployment_id: str
    name: str
    domain: str
    initiate_login_uri: str
    target_link_uri: str
    redirect_uris: list[str]
    jwks_uri: str
    scopes: list[str]
    claims: list[str]
    custom: dict[str, str]
    messages: list[dict[str, Any]]
    active: bool = False
    """Moodle: activated on its card. Canvas: the developer key is on."""
    deep_linking_uri: str = ""
    privacy_level: str = "public"
    past_key_set: dict[str, Any] | None = None


@dataclass(slots=True)
class LineItem:
    """A gradebook column that a tool can see."""

    id: int
    course_id: int
    label: str
    score_maximum: float
    tool_id: int | None
    activity_id: int | None = None
    """The activity (Canvas: assignment) whose column this is."""
    coupled: bool = False
    """Made by the LMS itself or by deep linking, not by the tool through AGS."""
    resource_link_id: str = ""
    resource_id: str = ""
    tag: str = ""
    extensions: dict[str, Any] = field(default_factory=dict)
    locked: bool = False
    published: bool = True


@dataclass(slots=True)
class Grade:
    """One cell of the gradebook, with the tool's last score beside it (the Result)."""

    line_item_id: int
    user_id: int
    score: float | None = None
    """On the line item's own scale; None is an empty cell."""
    result_score: float | None = None
    result_maximum: float | None = None
    comments: list[str] = field(default_factory=list)
    activity_progress: str = ""
    grading_progress: str = ""
    updated_at: datetime | None = None
    attempts: int = 0
    submitted_at: datetime | None = None
    overridden: bool = False
    """Somebody set it by hand."""
    writes: int = 0
    """How often a tool wrote a number here; what the tests of 'exactly once' count."""


@dataclass(slots=True)
class GroupSet:
    """Canvas: a group category. Moodle: a grouping."""

    id: int
    course_id: int
    name: str
    idnumber: str = ""
    self_signup: str | None = None
    protected: bool = False
    group_ids: set[int] = field(default_factory=set)
    group_limit: int | None = None


@dataclass(slots=True)
class Group:
    """A group of a course's people."""

    id: int
    course_id: int
    name: str
    idnumber: str = ""
    description: str = ""
    set_id: int | None = None
    """Canvas only: the one category it is in. Moodle keeps this on the grouping."""
    member_ids: list[int] = field(default_factory=list)
    max_membership: int | None = None
    deleted: bool = False


@dataclass(slots=True)
class Lms:
    """One practice LMS: its flavour, address, keys, clock and everything in it."""

    flavour: Flavour
    url: str
    """Public base URL without a trailing slash; also the issuer, unless `issuer` says otherwise."""
    keys: PlatformKeys = field(default_factory=PlatformKeys)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    issuer: str = ""
    lock: threading.RLock = field(default_factory=threading.RLock)
    users: dict[int, User] = field(default_factory=dict)
    courses: dict[int, Course] = field(default_factory=dict)
    sections: dict[int, Section] = field(default_factory=dict)
    activities: dict[int, Activity] = field(default_factory=dict)
    tools: dict[int, Tool] = field(default_factory=dict)
    line_items: dict[int, LineItem] = field(default_factory=dict)
    grades: dict[tuple[int, int], Grade] = field(default_factory=dict)
    """By (line item id, user id)."""
    activity_completions: dict[tuple[int, int], datetime] = field(default_factory=dict)
    """By (activity id, user id)."""
    course_completions: dict[tuple[int, int], datetime] = field(default_factory=dict)
    """By (course id, user id). Moodle: sticky. Canvas derives it live and keeps nothing here."""
    completion_overrides: dict[tuple[int, int], int] = field(default_factory=dict)
    """By (activity id, user id): who set this completion by hand."""
    group_sets: dict[int, GroupSet] = field(default_factory=dict)
    groups: dict[int, Group] = field(default_factory=dict)
    connections: Connections = field(default_factory=Connections)
    throttled_status: int = 403
    """What Canvas answers when it throttles: 403 or 429, by version."""
    forbidden_status: int = 403
    """What Canvas's REST answers when somebody may not: 401 or 403, by version."""
    lti: LtiRecords = field(default_factory=LtiRecords)
    names_deployment: bool = False
    """Canvas: whether the answer to a registration already names the deployment; a feature flag there."""
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.issuer = self.issuer or self.url

    def new_id(self) -> int:
        """Return a number that no record of this LMS has yet."""
        return next(self._ids)

    def opaque_id(self, kind: str, number: int) -> str:
        """Return the 40 hex digits by which Canvas names a record in LTI messages."""
        return hashlib.sha1(f"{self.url}/{kind}/{number}".encode(), usedforsecurity=False).hexdigest()

    def activities_of(self, course_id: int) -> list[Activity]:
        """Return the activities of a course in the order they were added."""
        return [each for each in self.activities.values() if each.course_id == course_id]

    def grade(self, line_item_id: int, user_id: int) -> Grade:
        """Return the gradebook cell, made empty when it is first asked for."""
        return self.grades.setdefault((line_item_id, user_id), Grade(line_item_id, user_id))

    def user_by_lti_id(self, lti_id: str) -> User | None:
        """Return whose `sub` this is, merged people's old ones included."""
        return next((u for u in self.users.values() if lti_id == u.lti_id or lti_id in u.past_lti_ids.values()), None)
