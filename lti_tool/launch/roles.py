"""Roles as data: what the vocabulary of LTI Core A.2 means here. Anything else gives the least.

Only exact names count: a role of another namespace that ends like one of these is unknown. Context roles
alone decide in a course; institution and system roles only tell administrators.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lti_tool.launch.models import Family
from lti_tool.people.models import CourseRole

LIS = "http://purl.imsglobal.org/vocab/lis/v2/"
MEMBERSHIP = f"{LIS}membership#"

DESIGNING = frozenset(
    {f"{MEMBERSHIP}{name}" for name in ("Administrator", "ContentDeveloper", "Instructor")}
    | {"Administrator", "ContentDeveloper", "Instructor"}
    | {
        f"{LIS}membership/Instructor#{name}"
        for name in ("ExternalInstructor", "GuestInstructor", "Lecturer", "PrimaryInstructor", "SecondaryInstructor")
    }
    | {
        f"{LIS}membership/ContentDeveloper#{name}"
        for name in ("ContentDeveloper", "ContentExpert", "ExternalContentExpert", "Librarian")
    }
)
"""Roles that make the designer of a course; short names are the older form of context roles (A.2.3.1)."""

ASSISTING = frozenset(
    f"{LIS}membership/Instructor#{name}"
    for name in (
        "Grader", "TeachingAssistant", "TeachingAssistantGroup", "TeachingAssistantOffering",
        "TeachingAssistantSection", "TeachingAssistantSectionAssociation", "TeachingAssistantTemplate",
    )
)  # fmt: skip
"""Sub-roles of Instructor that design nothing; `membership#Instructor` beside one is only its principal role."""

LEARNING = frozenset(
    {f"{MEMBERSHIP}Learner", "Learner"}
    | {
        f"{LIS}membership/Learner#{name}"
        for name in ("ExternalLearner", "GuestLearner", "Instructor", "Learner", "NonCreditLearner")
    }
)

ADMINISTERING = frozenset(
    {
        f"{LIS}institution/person#Administrator",
        f"{LIS}system/person#Administrator",
        f"{LIS}system/person#SysAdmin",
        f"{LIS}person#Administrator",
    }
)

PRINCIPAL_OF_ASSISTING = frozenset({f"{MEMBERSHIP}Instructor", "Instructor"})


@dataclass(frozen=True, slots=True)
class Standing:
    """What a launch says of a person."""

    course_role: CourseRole
    is_administrator: bool


def standing(roles: Iterable[str], family: Family, *, is_root_administrator: bool = False) -> Standing:
    """Return what these roles mean.

    Canvas gives `institution/person#Administrator` to the administrator of any account, however small, so there
    `$Canvas.user.isRootAccountAdmin` is asked too (lib/lti/substitutions_helper.rb). It does not do alone: whoever
    makes a link in a course can give it custom values of their own.
    """
    held = frozenset(roles)
    administers = bool(held & ADMINISTERING) and (is_root_administrator or family is not Family.CANVAS)
    return Standing(_course_role(held), administers)


def _course_role(held: frozenset[str]) -> CourseRole:
    designing = held & DESIGNING
    if held & ASSISTING:
        designing -= PRINCIPAL_OF_ASSISTING
    if designing:
        return CourseRole.DESIGNER
    return CourseRole.LEARNER if held & LEARNING else CourseRole.OTHER
