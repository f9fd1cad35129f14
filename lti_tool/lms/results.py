"""Who completed a course by the results of one line item: what any LMS with AGS can tell (AGS 2.0 §3.3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lti_tool.errors import LMSError, LMSRejectedError
from lti_tool.lms.advantage import Advantage, Result
from lti_tool.lms.platform import Platform, Scope
from lti_tool.lms.rest import CompletionRead, CompletionReads, CourseQuestion, PersonCompletion
from lti_tool.lms.tokens import AccessTokens

NOT_GRANTED = "This LMS does not let the tool read results. Its administrator can allow that to the tool."


class ResultsSide:
    """Line items of one platform, each asked as if it were a course: its address is the id of the question."""

    def __init__(self, platform: Platform, tokens: AccessTokens, mark: int) -> None:
        self._platform, self._mark = platform, mark
        self._advantage = Advantage(platform, tokens)

    def read_completions(self, questions: Sequence[CourseQuestion]) -> CompletionReads:
        """Return who reached the mark, in percent of the maximum; AGS gives no time for it."""
        if Scope.RESULT_READ not in self._platform.scopes:
            return CompletionReads({}, trouble=LMSRejectedError(NOT_GRANTED))
        read: dict[str, CompletionRead] = {}
        for each in questions:
            try:
                read[each.course_id] = CompletionRead(self._told(each, self._advantage.results(each.course_id)))
            except LMSError as error:
                return CompletionReads(read, trouble=error)
        return CompletionReads(read)

    def _told(self, question: CourseQuestion, results: Iterable[Result]) -> tuple[PersonCompletion, ...]:
        """Tell of members and of whoever has a result: an empty cell is a mark that nobody gave, or took back.

        Of somebody who is not in the course any more an empty cell says nothing.
        """
        reached = {each.user_id: self._reaches(each) for each in results if each.score is not None}
        told = [each for each in question.user_ids if each in question.members or each in reached]
        return tuple(PersonCompletion(user_id, reached.get(user_id, False)) for user_id in told)

    def _reaches(self, result: Result) -> bool:
        score, maximum = result.score, result.maximum or 0
        return score is not None and maximum > 0 and score * 100 >= self._mark * maximum
