"""Moodle's two ways to name a role: at launch by the capability to manage a link, in the roster by another one.

Sources: mod/lti/locallib.php lti_get_ims_role; mod/lti/service/memberships.
"""

from __future__ import annotations

from practice_lms.lti.vocabulary import INSTITUTION, MEMBERSHIP, SYSTEM
from practice_lms.state import Course, Enrolment, User

TEACHES = frozenset({Enrolment.TEACHER, Enrolment.DESIGNER})
MANAGES = TEACHES | {Enrolment.ASSISTANT}


def launch_roles(course: Course, user: User) -> list[str]:
    """Return full URIs; a non-editing teacher (assistant) is an Instructor here."""
    if user.administrator:
        return [f"{INSTITUTION}Administrator", f"{MEMBERSHIP}Instructor", f"{SYSTEM}Administrator"]
    return [f"{MEMBERSHIP}{launch_word(course, user)}"]


def launch_word(course: Course, user: User) -> str:
    """Return the short word of the launch role."""
    return "Instructor" if user.administrator or course.enrolments.get(user.id) in MANAGES else "Learner"


def roster_roles(course: Course, user: User) -> list[str]:
    """Return short words; the same non-editing teacher is a Learner here."""
    words = ["Instructor" if course.enrolments[user.id] in TEACHES else "Learner"]
    return [*words, "http://purl.imsglobal.org/vocab/lis/v2/person#Administrator"] if user.administrator else words
