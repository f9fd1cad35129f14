"""What the tool asks of the REST side of any LMS: who completed a course, and a team as a group of the course."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from lti_tool.lms.platform import Platform


@dataclass(frozen=True, slots=True)
class PersonCompletion:
    """What the LMS says of one person in one course; `completed_at` when it gives a time."""

    user_id: str
    is_completed: bool
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CompletionRead:
    """What a read of a course's completions found; people the LMS does not know of are in neither list."""

    people: tuple[PersonCompletion, ...] = ()
    untold: tuple[str, ...] = ()
    """User ids of whom the LMS could not tell: never to be read as incomplete."""
    why_not_trackable: str = ""
    """In words for the page; empty when the course can be followed."""

    @property
    def is_trackable(self) -> bool:
        return not self.why_not_trackable


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
    """As an earlier `GroupRead` gave them."""
    set_name: str = "Like Goals teams"
    set_idnumber: str = "like-goals"


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


class RestSide(Protocol):
    """The REST side of one LMS."""

    def check(self) -> str:
        """Return in words as whom the tool is let in; raise an `LMSError` when it is not."""

    def read_completions(self, course_id: str, user_ids: Sequence[str]) -> CompletionRead:
        """Return who completed the course, of these people; both ids are REST ids."""

    def sync_group(self, course_id: str, spec: GroupSpec) -> GroupRead:
        """Make the group as it should be and return it as read back; calling again changes nothing."""


def rest_side(platform: Platform) -> RestSide | None:
    """Return the REST side of a platform, or None where it has none or no access was given."""
    from lti_tool.lms.canvas import CanvasRest  # noqa: PLC0415 - each needs the values above
    from lti_tool.lms.moodle import MoodleRest  # noqa: PLC0415

    sides: dict[str, type[CanvasRest | MoodleRest]] = {"canvas": CanvasRest, "moodle": MoodleRest}
    side = sides.get(platform.family)
    return side(platform) if side and platform.rest else None
