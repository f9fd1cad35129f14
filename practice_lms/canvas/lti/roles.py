"""Canvas's roles in LTI Advantage (lib/lti/substitutions_helper.rb)."""

from __future__ import annotations

from practice_lms.lti.vocabulary import INSTITUTION, LIS, MEMBERSHIP, SYSTEM
from practice_lms.state import Course, Enrolment, Lms, User

CONTEXT = {
    Enrolment.STUDENT: [f"{MEMBERSHIP}Learner"],
    Enrolment.TEACHER: [f"{MEMBERSHIP}Instructor"],
    Enrolment.ASSISTANT: [f"{LIS}membership/Instructor#TeachingAssistant", f"{MEMBERSHIP}Instructor"],
    Enrolment.DESIGNER: [f"{MEMBERSHIP}ContentDeveloper"],
}
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"


def context_roles(course: Course | None, user: User) -> list[str]:
    """Return the roles in one course, as the roster gives them; the Test Student has one more."""
    enrolment = course.enrolments.get(user.id) if course else None
    found = list(CONTEXT[enrolment]) if enrolment else []
    return [*found, TEST_USER] if user.test_student else found


def launch_roles(lms: Lms, course: Course | None, user: User) -> list[str]:
    """Return the sorted union of context, institution and system roles that a launch carries.

    A learner here who teaches elsewhere is also an Instructor of the institution.
    """
    held = {each.enrolments.get(user.id) for each in lms.courses.values()}
    found = set(context_roles(course, user)) | {f"{SYSTEM}User"}
    if Enrolment.STUDENT in held:
        found.add(f"{INSTITUTION}Student")
    if held & {Enrolment.TEACHER, Enrolment.ASSISTANT}:
        found.add(f"{INSTITUTION}Instructor")
    if user.administrator:
        found.add(f"{INSTITUTION}Administrator")
    return sorted(found)
