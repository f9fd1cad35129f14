"""Tables of people and of what they learn from."""

from __future__ import annotations

from lti_tool.people.models.courses import (
    HELD_ONCE,
    LASTS,
    OFFERED_BY_ANYBODY,
    Availability,
    Course,
    CourseRole,
    Membership,
    Opportunity,
    OpportunityKind,
)
from lti_tool.people.models.people import (
    AdminCode,
    AuditEvent,
    District,
    EducatorRole,
    ErasedIdentity,
    GradeBand,
    Identity,
    Person,
    Role,
    RoleGrant,
    School,
    SchoolContext,
    Supervision,
)
from lti_tool.people.models.profiles import (
    EducatorProfile,
    Experience,
    LearningFormat,
    LearningTime,
    MatchingPause,
    StudentGroup,
)

__all__ = [
    "HELD_ONCE",
    "LASTS",
    "OFFERED_BY_ANYBODY",
    "AdminCode",
    "AuditEvent",
    "Availability",
    "Course",
    "CourseRole",
    "District",
    "EducatorProfile",
    "EducatorRole",
    "ErasedIdentity",
    "Experience",
    "GradeBand",
    "Identity",
    "LearningFormat",
    "LearningTime",
    "MatchingPause",
    "Membership",
    "Opportunity",
    "OpportunityKind",
    "Person",
    "Role",
    "RoleGrant",
    "School",
    "SchoolContext",
    "StudentGroup",
    "Supervision",
]
