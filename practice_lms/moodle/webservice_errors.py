"""What Moodle's web services raise; each is answered with HTTP 200 (webservice/rest/locallib.php)."""

from __future__ import annotations


class WebServiceError(Exception):
    """An exception of Moodle: its PHP class, its error code and its English message."""

    def __init__(self, exception: str, code: str, message: str) -> None:
        super().__init__(message)
        self.exception = exception
        self.code = code
        self.message = message


def moodle_error(code: str, message: str) -> WebServiceError:
    """Return a plain moodle_exception."""
    return WebServiceError("core\\exception\\moodle_exception", code, message)


def invalid_parameter() -> WebServiceError:
    """Return what every wrong argument gives; the reason shows only with debugging on."""
    message = "Invalid parameter value detected"
    return WebServiceError("core\\exception\\invalid_parameter_exception", "invalidparameter", message)


def no_record(table: str) -> WebServiceError:
    """Return what an unknown id gives."""
    message = f"Can't find data record in database table {table}."
    return WebServiceError("dml_missing_record_exception", "invalidrecord", message)


def invalid_user() -> WebServiceError:
    """Return what an unknown user id gives where one person is asked for."""
    return WebServiceError("dml_missing_record_exception", "invaliduser", "Invalid user")


def no_permission(capability: str) -> WebServiceError:
    """Return what a missing capability gives; its name in words is in the message."""
    message = f"Sorry, but you do not currently have permissions to do that ({capability})."
    return WebServiceError("core\\exception\\required_capability_exception", "nopermissions", message)


def invalid_course_context(course_id: int, reason: str) -> WebServiceError:
    """Return what a course gives that is unknown or closed to the caller, where a context is validated."""
    message = f"You cannot execute functions in the course context (course id:{course_id})."
    return moodle_error("errorcoursecontextnotvalid", f"{message} The context error message was: {reason}")


def not_in_service() -> WebServiceError:
    """Return what a function gives that the token's service does not have."""
    return WebServiceError("webservice_access_exception", "accessexception", "Access control exception")


def write_failed() -> WebServiceError:
    """Return what a value gives that the database column is too short for."""
    return WebServiceError("dml_write_exception", "dmlwriteexception", "Error writing to database")
