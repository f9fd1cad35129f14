"""What Moodle's refusals mean, and what to do. Seen on Moodle 4.5.

Scores: mod/lti/service/gradebookservices/classes/local/resources/scores.php puts the reason into the reason phrase
alone. Web services answer 200 to everything; the errorcode tells (lib/classes/exception, webservice/lib.php).
"""

from __future__ import annotations

from lti_tool.errors import LMSAccessError, LMSRejectedError, LMSStrangeError, LMSUnavailableError, LMSWaitingError
from lti_tool.lms.http import Rule, StaleScoreError

ADVANTAGE = (
    Rule(409, "", StaleScoreError, "Moodle already has a score as new as this one."),
    Rule(
        400,
        "Incorrect score received",
        LMSWaitingError,
        "Moodle does not have this person as a student of the course. Enrol the person as a student there; "
        "the score is then sent by itself.",
    ),
    Rule(
        404,
        "",
        LMSWaitingError,
        "Moodle no longer has this gradebook column or course. Open the activity's settings there and let it "
        "accept grades; the score is then sent by itself.",
    ),
    Rule(
        500,
        r"\A[^\n]*\n\s*(\[\s*\]|\{)",
        LMSWaitingError,
        "Moodle could not write the grade; this is what it says of a locked column or grade. Unlock it in the "
        "gradebook; the score is then sent by itself.",
    ),
    Rule(403, r"\A[^\n]*\n\s*<", LMSStrangeError, "A page came in place of Moodle's own answer."),
    Rule(
        403,
        "",
        LMSRejectedError,
        "Moodle says that this link belongs to another course or tool.",
    ),
)

WEB_SERVICE = (
    Rule(
        0,
        "^(invalidtoken|accessexception|servicenotavailable|servicerequireslogin|forcepasswordchangenotice|"
        "usernotfullysetup|sitepolicynotagreed|wsaccessuser.*|wsusersuspended|restricteddomain)$",
        LMSAccessError,
        "Moodle does not let the tool's web-service account in. Check its token, and that the service has all "
        "functions that the tool needs.",
    ),
    Rule(
        0,
        "^(nopermissions|requireloginerror|errorcoursecontextnotvalid|usernotenrolled)$",
        LMSWaitingError,
        "Moodle does not let the tool's web-service account work in this course. Give the account a role there "
        "that may see completion and manage groups.",
    ),
    Rule(
        0,
        "^(sitemaintenance|upgraderunning|dbconnectionfailed|dmlreadexception|locktimeout|err_system|ex_.*)$",
        LMSUnavailableError,
        "Moodle is under maintenance or has a fault at the moment. It is tried again by itself.",
    ),
    Rule(0, "", LMSRejectedError, "Moodle refused this."),
)

SWITCHED_OFF = (
    Rule(403, "", LMSAccessError, "Moodle's web services are switched off, or refuse the tool. Turn them on again."),
    Rule(404, "", LMSAccessError, "There is no Moodle at this address, or its REST protocol is switched off."),
)
