"""What answers of an LMS of no family that the tool knows mean: what the standards alone say (AGS 3.4, RFC 9110)."""

from __future__ import annotations

from lti_tool.errors import LMSWaitingError
from lti_tool.lms.http import Rule, StaleScoreError

ADVANTAGE = (
    Rule(409, "", StaleScoreError, "The LMS already has a score as new as this one."),
    Rule(
        403,
        r"\A(?![\s\S]*rate limit)",
        LMSWaitingError,
        "The LMS refuses this for this course. Let its administrator look whether the tool may use the course's "
        "gradebook and roster; it is tried again by itself.",
    ),
    Rule(
        404,
        "",
        LMSWaitingError,
        "The LMS no longer has this gradebook column or course. Open the link from the course again, so that it "
        "names another; the score is then sent by itself.",
    ),
)
