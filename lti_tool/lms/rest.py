"""What the tool asks of the REST side of any LMS: who completed a course, and a team as a group of the course."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from lti_tool.errors import LMSError
from lti_tool.lms.platform import Platform


@dataclass(frozen=True, slots=True)
class PersonCompletion:
    """What the LMS says of one person in one course; `completed_at` when it gives a time."""

    user_id: str
    is_completed: bool
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CourseQuestion:
    """Whose completion of a course is asked about; all ids are REST ids."""

    course_id: str
    user_ids: tuple[str, ...]
    members: frozenset[str]
    """Those whom the LMS should know in the course; of the others its silence says nothing."""
    known: frozenset[str] = frozenset()
    """Those of whom it is known that, and when, they completed the course."""


@dataclass(frozen=True, slots=True)
class CompletionRead:
    """What a read of a course's completions found; people the LMS does not know of are in neither list."""

    people: tuple[PersonCompletion, ...] = ()
    untold: tuple[str, ...] = ()
    """User ids of whom the LMS could not tell: never to be read as incomplete."""
    why_not_trackable: str = ""
    """In words for the page; empty when the course can be followed."""
    has_no_rules: bool = False
    """Whether nobody can complete the course, because it has no rules for that in the LMS."""
    ends_at: datetime | None = None
    """When the course ends, as far as the LMS said."""
    tells_end: bool = False
    """Whether the LMS said when the course ends, or that it has no end."""

    @property
    def is_trackable(self) -> bool:
        return not self.why_not_trackable


@dataclass(frozen=True, slots=True)
class CompletionReads:
    """What was read of several courses, by their REST ids."""

    courses: Mapping[str, CompletionRead]
    gone: frozenset[str] = frozenset()
    """The courses that the LMS does not have any more."""
    trouble: LMSError | None = None
    """Why the read was broken off; what was read before is there all the same."""


SET_NAME = "Like Goals teams"
"""How every set of the tool's begins."""


def name_of_cycle(cycle: int) -> str:
    """Return what the set of the groups of a cycle is called."""
    return f"{SET_NAME}, cycle {cycle}"


@dataclass(frozen=True, slots=True)
class GroupSpec:
    """A team as the LMS should have it. Names never carry goal text."""

    idnumber: str
    """Our own stable name, such as `like-goals-team-17`; how the group is found again."""
    name: str
    members: tuple[str, ...]
    """REST user ids that are to be in the group."""
    previous_members: tuple[str, ...] = ()
    """Whom the tool itself put in before: nobody else is ever removed."""
    group_id: str = ""
    set_id: str = ""
    """As an earlier `GroupRead` gave them. A group that is known and not there is not made again; in Canvas it is
    known only together with its set, as each cycle has a group of its own."""
    given_name: str = ""
    """The name that the tool gave the group, which may be another one in the LMS by now; empty: it is to be given."""
    seen: tuple[str, ...] = ()
    """Who was there when the group was last read: whoever is not any more was taken out by hand, and stays out."""
    cycle: int = 1
    """Which cycle the team is in: Moodle has a grouping for each, Canvas a family of categories."""
    may_be_made: bool = True
    """Whether a group that is not there is to be made: that of a team that ended is only emptied."""

    @property
    def cycle_name(self) -> str:
        """What the set of the groups of its cycle is called."""
        return name_of_cycle(self.cycle)

    @property
    def leavers(self) -> set[str]:
        """Whom the tool put in, and who is no longer to be there."""
        return set(self.previous_members) - set(self.members)


@dataclass(frozen=True, slots=True)
class GroupRead:
    """A group as read back from the LMS after the change."""

    group_id: str
    set_id: str
    name: str
    members: tuple[str, ...]
    """Wanted and there."""
    missing: tuple[str, ...]
    """Wanted and not there, because the LMS has them not enrolled in the course."""
    others: tuple[str, ...]
    """There, put in by somebody in the LMS; left alone."""
    elsewhere: tuple[str, ...] = ()
    """Canvas: wanted, but in another group of the same set, which they would silently lose; left there."""
    removed: tuple[str, ...] = ()
    """Wanted and seen there before, but taken out by somebody in the LMS; left out."""
    refused: tuple[str, ...] = ()
    """Wanted and enrolled, but the LMS did not take them in: the group is full, or for one section alone."""
    is_gone: bool = False
    """Whether a group that was known is not there any more; then nothing else is told."""


def gone(spec: GroupSpec) -> GroupRead:
    """Return what is read of a group that somebody deleted in the LMS."""
    return GroupRead(spec.group_id, spec.set_id, spec.given_name, (), (), (), is_gone=True)


class CompletionSide(Protocol):
    """What tells who completed a course."""

    def read_completions(self, questions: Sequence[CourseQuestion]) -> CompletionReads:
        """Return who of the people asked about completed these courses; trouble is part of the answer."""


class RestSide(CompletionSide, Protocol):
    """The REST side of one LMS."""

    def check(self) -> str:
        """Return in words as whom the tool is let in; raise an `LMSError` when it is not."""

    def required_activities(self, course_id: str, user_ids: Sequence[str]) -> frozenset[str] | None:
        """Return the titles of what a course requires of these learners; None where the LMS does not show it."""

    def sync_group(self, course_id: str, spec: GroupSpec) -> GroupRead:
        """Make the group as it should be and return it as read back; calling again changes nothing."""


def rest_side(platform: Platform) -> RestSide | None:
    """Return the REST side of a platform, or None where it has none or no access was given."""
    from lti_tool.lms.canvas import CanvasRest  # noqa: PLC0415 - each needs the values above
    from lti_tool.lms.moodle import MoodleRest  # noqa: PLC0415

    sides: dict[str, type[CanvasRest | MoodleRest]] = {"canvas": CanvasRest, "moodle": MoodleRest}
    side = sides.get(platform.family)
    return side(platform) if side and platform.rest else None
