"""Every error that the tool raises on purpose.

    ToolError                        has .code, .status and a message that helps
      NotFoundError                  404: no such thing, or not yours to know of
      NotAllowedError                403: you may see it, not do it
      InvalidInputError              422: .fields says what is wrong where
      ConflictError                  409: somebody else was faster, or the state forbids it
        OverwrittenError             409: .fields says what was saved in the same fields meanwhile
      SessionExpiredError            401: the launch is over; open the tool again from the LMS
      LaunchError                    400: a launch, login or registration that is refused
      LMSError                       anything wrong when talking to an LMS (made in lms/http.py only)
        LMSUnavailableError          time-out, connection, 5xx             -> retry with back-off
          LMSThrottledError          429, Canvas 403 "Rate Limit Exceeded" -> retry at .retry_at
          LMSStrangeError            a page, or sent to another address    -> the same, in the review after hours
        LMSAccessError               no token, key switched off            -> stop this platform, tell the administrator
        LMSWaitingError              not published, one course closed, …   -> review, checked daily
          LMSDiffersError            the gradebook shows something else    -> the same, or left as it is
        LMSRejectedError             other 4xx, a malformed answer         -> review, never retried

The class docstring is the default message. Messages carry ids, never names, tokens or goal text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime


class ToolError(Exception):
    """Something went wrong on our side. Nothing was changed; please try again."""

    status = 500
    code = "internal"

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip().splitlines()[0])

    @property
    def message(self) -> str:
        return str(self.args[0])


class NotFoundError(ToolError):
    """There is nothing here, or it is not shared with you."""

    status = 404
    code = "not_found"


class NotAllowedError(ToolError):
    """Your role does not include this."""

    status = 403
    code = "not_allowed"


class InvalidInputError(ToolError):
    """Please correct the marked fields; nothing was saved."""

    status = 422
    code = "invalid_input"

    def __init__(self, message: str | None = None, fields: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__(message)
        self.fields = dict(fields or {})


class ConflictError(ToolError):
    """This has changed since you opened it. Reload the page and try again."""

    status = 409
    code = "conflict"


class OverwrittenError(ConflictError):
    """This was saved elsewhere after you opened it. What you wrote is still in the form."""

    def __init__(self, typed: Mapping[str, object], fields: Mapping[str, Sequence[str]]) -> None:
        super().__init__()
        self.typed = dict(typed)
        self.fields = {**fields, "": [self.message]}


class SessionExpiredError(ToolError):
    """This page has been open for too long. Open the tool again from your course."""

    status = 401
    code = "session_expired"


class LaunchError(ToolError):
    """The LMS sent a launch that cannot be accepted. Go back to your course and open the link again."""

    status = 400
    code = "launch_refused"

    def __init__(self, reason: str, message: str | None = None, *, status: int = 400) -> None:
        super().__init__(message)
        self.reason = reason
        self.status = status


class GaveUpError(ToolError):
    """The tool could not do this, however often it tried. It is not tried again by itself."""

    code = "gave_up"


class LMSError(ToolError):
    """The LMS could not do what was asked of it."""

    status = 502
    code = "lms"

    def __init__(self, message: str | None = None, *, http_status: int | None = None) -> None:
        super().__init__(message)
        self.http_status = http_status


class LMSUnavailableError(LMSError):
    """The LMS did not answer. It is tried again by itself."""

    code = "unavailable"


class LMSThrottledError(LMSUnavailableError):
    """The LMS asked for fewer requests. It is tried again by itself."""

    code = "throttled"

    def __init__(
        self, message: str | None = None, *, http_status: int | None = None, retry_at: datetime | None = None
    ) -> None:
        super().__init__(message, http_status=http_status)
        self.retry_at = retry_at


class LMSStrangeError(LMSUnavailableError):
    """The LMS answered with something else, as under maintenance. It is tried again by itself."""

    code = "strange"


class LMSAccessError(LMSError):
    """The LMS no longer lets the tool in. An administrator must renew the connection."""

    code = "access_lost"


class LMSWaitingError(LMSError):
    """Somebody has to do something in the LMS first."""

    code = "waiting"


class LMSDiffersError(LMSWaitingError):
    """The gradebook shows something else than what was sent: somebody changed it there."""

    code = "differs"


class LMSRejectedError(LMSError):
    """The LMS refused this for good."""

    code = "rejected"
