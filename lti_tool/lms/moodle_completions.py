"""Who completed courses of a Moodle: one question for each person about all courses, and details of what is new.

Of one person whom Moodle stumbles over the others are read all the same; what was read before it broke off is kept.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html import unescape
from typing import Any

from lti_tool.errors import LMSError, LMSRejectedError, LMSUnavailableError, LMSWaitingError
from lti_tool.lms.http import error_for
from lti_tool.lms.moodle_errors import WEB_SERVICE
from lti_tool.lms.rest import CompletionRead, CompletionReads, CourseQuestion, PersonCompletion
from lti_tool.lms.schemas import MoodleCompletionSchema, MoodleCourseSchema, parse

STATUS = "core_completion_get_course_completion_status"
NO_SUCH_PERSON = frozenset({"invaliduser", "invalidrecord", "invalidparameter"})
NO_DETAIL = frozenset({"cannotviewreport", "usernotenroled", "nopermissions"})
NO_SUCH_COURSE = "invalidrecord"
NO_COMPLETION = "This course does not track completion in Moodle. A teacher can turn it on in the course's settings."
NO_CRITERIA = "This course has no conditions for its completion in Moodle. A teacher can set them there."
NOBODY_SEEN = "Moodle told the tool of nobody in this course. Check that the tool's account may see its participants."
PATIENCE = 3
"""After so many people in a row of whom it could not tell, Moodle is taken to be down."""

Answer = Callable[[str, dict[str, Any]], tuple[Any, str]]
"""Asks a web-service function; returns what it answers and no errorcode, or nothing and its errorcode."""
Courses = dict[str, dict[str, Any]]


def read_completions(answer: Answer, questions: Sequence[CourseQuestion]) -> CompletionReads:
    """Return what Moodle says of the people of these courses."""
    reading = _Reading(answer, [_Found(each) for each in questions])
    gone: set[str] = set()
    trouble = reading.read() or reading.find_gone(gone)
    reads = {each.question.course_id: each.read() for each in reading.found}
    return CompletionReads({name: read for name, read in reads.items() if name not in gone}, frozenset(gone), trouble)


def required_activities(answer: Answer, course_id: str, user_ids: Sequence[str]) -> frozenset[str] | None:
    """Return the titles of the activities that a course requires; each condition holds its activity as a link."""
    for user_id in user_ids:
        found, code = answer(STATUS, {"courseid": course_id, "userid": user_id})
        if not code:
            status = parse(MoodleCompletionSchema(), found.get("completionstatus") if isinstance(found, dict) else None)
            shown = [each["details"] for each in status["completions"] if isinstance(each["details"], dict)]
            return frozenset(unescape(re.sub(r"<[^>]*>", "", str(each.get("criteria", "")))) for each in shown)
    return None


@dataclass(slots=True)
class _Found:
    """What is known of one course so far."""

    question: CourseQuestion
    told: list[PersonCompletion] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    why_not: str = ""
    ends_at: datetime | None = None
    tells_end: bool = False

    @property
    def is_empty(self) -> bool:
        return bool(self.question.user_ids) and not self.told and not self.why_not

    def note_untold(self, user_id: str) -> None:
        """Note that Moodle cannot tell of somebody; of people whom it need not know that says nothing."""
        if user_id in self.question.members:
            self.untold.append(user_id)

    def read(self) -> CompletionRead:
        if self.why_not:
            members = tuple(each for each in self.question.user_ids if each in self.question.members)
            return self._told(CompletionRead((), members, self.why_not, has_no_rules=True))
        why_not = NOBODY_SEEN if self.untold and not self.told else ""
        return self._told(CompletionRead(tuple(self.told), tuple(self.untold), why_not))

    def note_end(self, seconds: int | None) -> None:
        """Note when the course ends: 0 is what Moodle says of one without an end."""
        if seconds is not None:
            self.ends_at, self.tells_end = _moment(seconds), True

    def _told(self, read: CompletionRead) -> CompletionRead:
        return replace(read, ends_at=self.ends_at, tells_end=self.tells_end)


class _Reading:
    """One read, person by person."""

    def __init__(self, answer: Answer, found: list[_Found]) -> None:
        self._answer, self.found = answer, found
        self._of_person: defaultdict[str, list[_Found]] = defaultdict(list)
        for each in found:
            for user_id in each.question.user_ids:
                self._of_person[user_id].append(each)

    def read(self) -> LMSError | None:
        """Ask about everybody; return why the read was broken off, if it was."""
        failures: list[LMSError] = []
        has_answered = False
        for user_id in self._people():
            try:
                self._read_person(user_id)
                has_answered, failures = True, []
            except (LMSUnavailableError, LMSRejectedError, LMSWaitingError) as error:
                failures.append(error)
                if len(failures) >= PATIENCE:
                    return error
                for each in self._of_person[user_id]:
                    each.note_untold(user_id)
            except LMSError as error:
                return error
        return failures[-1] if failures and not has_answered else None

    def find_gone(self, gone: set[str]) -> LMSError | None:
        """Add the courses that Moodle does not have any more; return what came in the way, if anything did."""
        try:
            gone |= {each.question.course_id for each in self.found if each.is_empty and self._is_gone(each.question)}
        except LMSError as error:
            return error
        return None

    def _people(self) -> list[str]:
        """Return everybody, those first of whom the most is to be learned: who is not known to have finished."""
        return sorted(
            self._of_person,
            key=lambda user_id: all(user_id in each.question.known for each in self._of_person[user_id]),
        )

    def _is_gone(self, question: CourseQuestion) -> bool:
        """Return whether there is no such course; of an unknown person Moodle says something else."""
        arguments = {"courseid": question.course_id, "userid": question.user_ids[0]}
        _, code = self._answer(STATUS, arguments)
        return code == NO_SUCH_COURSE

    def _read_person(self, user_id: str) -> None:
        courses = self._courses_of(user_id)
        for each in self._of_person[user_id]:
            if not each.why_not:
                self._note(each, user_id, courses.get(each.question.course_id))

    def _note(self, found: _Found, user_id: str, course: dict[str, Any] | None) -> None:
        if course is None:
            found.note_untold(user_id)
            return
        found.note_end(course["enddate"])
        found.why_not = _why_not_trackable(course)
        if course["completed"] is None:
            found.note_untold(user_id)
        else:
            found.told.append(self._completion(found.question, user_id, is_completed=course["completed"]))

    def _courses_of(self, user_id: str) -> Courses:
        """Return the courses of a person by id; Moodle leaves out what the account may not see."""
        function = "core_enrol_get_users_courses"
        courses = self._call(function, NO_SUCH_PERSON, userid=user_id, returnusercount=0)
        return {each["id"]: each for each in parse(MoodleCourseSchema(), courses or [], many=True)}

    def _completion(self, question: CourseQuestion, user_id: str, *, is_completed: bool) -> PersonCompletion:
        is_new = is_completed and user_id not in question.known
        completed_at = self._completed_at(question.course_id, user_id) if is_new else None
        return PersonCompletion(user_id, is_completed, completed_at)

    def _completed_at(self, course_id: str, user_id: str) -> datetime | None:
        """Return when the last condition was met: Moodle gives no time for the course as a whole."""
        answer = self._call(STATUS, NO_DETAIL, courseid=course_id, userid=user_id)
        if answer is None:
            return None
        status = parse(MoodleCompletionSchema(), answer.get("completionstatus") if isinstance(answer, dict) else None)
        times = [each["timecompleted"] for each in status["completions"] if each["complete"]]
        return _moment(max((time for time in times if time), default=None))

    def _call(self, function: str, tolerated: Iterable[str], **arguments: Any) -> Any:
        found, code = self._answer(function, arguments)
        if code and code not in tolerated:
            raise error_for(200, code, WEB_SERVICE)
        return found


def _moment(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def _why_not_trackable(course: dict[str, Any]) -> str:
    if course["enablecompletion"] is False:
        return NO_COMPLETION
    return NO_CRITERIA if course["completionhascriteria"] is False else ""
