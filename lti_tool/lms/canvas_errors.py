"""What Canvas's refusals mean, and what to do. Read in canvas-lms; the file is named beside each group."""

from __future__ import annotations

from lti_tool.errors import LMSAccessError, LMSRejectedError, LMSThrottledError, LMSWaitingError
from lti_tool.lms.http import CourseConcludedError, Rule, StaleScoreError


class NotConsentedError(LMSWaitingError):
    """Nobody was asked for this when Canvas was connected: its scope is not among those of the consent."""


# request_throttle.rb; newer versions say 429, which every family understands
THROTTLED = (
    Rule(
        403, "Rate Limit Exceeded", LMSThrottledError, "Canvas asked for fewer requests. It is tried again by itself."
    ),
)

# scores_controller.rb, gradebook_services.rb
_SCORES = (
    Rule(
        422,
        "still unpublished",
        LMSWaitingError,
        "The assignment is not published. Publish it in Canvas; the score is then sent by itself.",
    ),
    Rule(
        422,
        "not a student",
        LMSWaitingError,
        "Canvas does not have this person as a student of the course. Enrol the person as a student there; the "
        "score is then sent by itself.",
    ),
    Rule(422, "has concluded", CourseConcludedError, "The course has concluded in Canvas and takes no more grades."),
    Rule(
        422,
        "maximum number of allowed attempts",
        LMSWaitingError,
        "The assignment allows no further attempt. Allow one more in Canvas; the score is then sent by itself.",
    ),
    Rule(400, "before last updated timestamp", StaleScoreError, "Canvas already has a newer score."),
)

# lti_services.rb, advantage_services.rb, line_items_controller.rb
_ACCESS = (
    Rule(
        401,
        "not linked to a Tool",
        LMSWaitingError,
        "The tool is not installed in this course any more. Install it there again.",
    ),
    Rule(
        401,
        "Insufficient permissions",
        LMSWaitingError,
        "The tool's key in Canvas does not allow this service. Allow it under Developer Keys; it is tried by itself.",
    ),
    Rule(
        401,
        "Developer Key",
        LMSAccessError,
        "The tool's key is switched off in Canvas. Turn it on again under Developer Keys.",
    ),
    Rule(
        403,
        "",
        LMSWaitingError,
        "Canvas refuses this for this course. Look whether the tool may be used in it; it is tried again by itself.",
    ),
    Rule(412, "", LMSRejectedError, "This gradebook column in Canvas belongs to another tool."),
    Rule(
        404,
        "",
        LMSWaitingError,
        "Canvas no longer has this assignment or course. Restore the assignment, or place the link again.",
    ),
)

ADVANTAGE = (*THROTTLED, *_SCORES, *_ACCESS)

NOT_PERMITTED = (
    "The person who connected Canvas may not do this in this course. Let somebody connect it who may see grades and "
    "manage groups there."
)

# api_auth_error_updates moves refusals of permission from 401 to 403; a 401 about the token is renewed before
REST = (
    *THROTTLED,
    Rule(401, "user authorization required|invalid access token|revoked", LMSAccessError,
         "Canvas no longer accepts the tool's access. Connect Canvas again."),
    Rule(0, "insufficient scopes", NotConsentedError,
         "The API key in Canvas did not allow this when Canvas was connected. Allow what Connections lists, and "
         "connect Canvas again."),
    Rule(401, "", LMSWaitingError, NOT_PERMITTED),
    Rule(403, "", LMSWaitingError, NOT_PERMITTED),
    Rule(404, "", LMSRejectedError, "Canvas no longer has this course, group or person."),
)  # fmt: skip

# oauth2_provider_controller.rb, request_error.rb
OAUTH = (
    *THROTTLED,
    Rule(401, "", LMSAccessError, "Canvas does not know the API key. Check its id and secret."),
    Rule(400, "invalid_scope", LMSAccessError, "The API key in Canvas does not allow what Connections lists."),
    Rule(400, "", LMSAccessError, "Canvas no longer accepts the authorisation. Connect Canvas again."),
)
