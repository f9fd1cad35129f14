"""What pages call roles, kinds of learning and what a profile says."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext

from lti_tool.people.models import (
    EducatorRole,
    Experience,
    LearningFormat,
    LearningTime,
    OpportunityKind,
    SchoolContext,
    StudentGroup,
)

EDUCATOR_ROLE_WORDS: dict[EducatorRole, LazyString] = {
    EducatorRole.TEACHER: lazy_gettext("Teacher"),
    EducatorRole.SPECIAL_EDUCATOR: lazy_gettext("Special educator"),
    EducatorRole.PARAEDUCATOR: lazy_gettext("Paraeducator"),
    EducatorRole.COUNSELOR: lazy_gettext("Counselor"),
    EducatorRole.LIBRARIAN: lazy_gettext("Librarian"),
    EducatorRole.NURSE: lazy_gettext("Nurse"),
    EducatorRole.COACH: lazy_gettext("Coach"),
    EducatorRole.PRINCIPAL: lazy_gettext("Principal"),
    EducatorRole.CENTRAL_OFFICE: lazy_gettext("Central office"),
    EducatorRole.OTHER: lazy_gettext("Another role"),
}

KIND_WORDS: dict[OpportunityKind, LazyString] = {
    OpportunityKind.COURSE: lazy_gettext("Course in the LMS"),
    OpportunityKind.LIVE_SESSION: lazy_gettext("Live session"),
    OpportunityKind.OPEN_DOOR: lazy_gettext("Open door"),
    OpportunityKind.COACHING: lazy_gettext("Coaching"),
    OpportunityKind.STUDY: lazy_gettext("Book or lesson study"),
    OpportunityKind.MENTOR: lazy_gettext("Mentor"),
    OpportunityKind.SOLVE_TOGETHER: lazy_gettext("Solve together"),
    OpportunityKind.EXTERNAL: lazy_gettext("Outside course"),
}

CONTEXT_WORDS: dict[SchoolContext, LazyString] = {
    SchoolContext.RURAL: lazy_gettext("rural schools"),
    SchoolContext.MULTILINGUAL: lazy_gettext("multilingual schools"),
    SchoolContext.VIRTUAL: lazy_gettext("virtual schools"),
}

EXPERIENCE_WORDS: dict[Experience, LazyString] = {
    Experience.FIRST_YEARS: lazy_gettext("In my first three years"),
    Experience.SETTLED: lazy_gettext("Four to ten years"),
    Experience.LONG: lazy_gettext("More than ten years"),
}

STUDENT_WORDS: dict[StudentGroup, LazyString] = {
    StudentGroup.MULTILINGUAL: lazy_gettext("Multilingual learners"),
    StudentGroup.DISABILITIES: lazy_gettext("Students with disabilities"),
    StudentGroup.GIFTED: lazy_gettext("Gifted students"),
    StudentGroup.NEWCOMERS: lazy_gettext("Newcomers to the country"),
}

FORMAT_WORDS: dict[LearningFormat, LazyString] = {
    LearningFormat.OWN_PACE: lazy_gettext("At my own pace"),
    LearningFormat.LIVE: lazy_gettext("Live, with a presenter"),
    LearningFormat.COLLEAGUE: lazy_gettext("With one colleague"),
    LearningFormat.GROUP: lazy_gettext("In a small group"),
}

TIME_WORDS: dict[LearningTime, LazyString] = {
    LearningTime.BEFORE_SCHOOL: lazy_gettext("Before school"),
    LearningTime.SCHOOL_DAY: lazy_gettext("During the school day"),
    LearningTime.AFTER_SCHOOL: lazy_gettext("After school"),
    LearningTime.EVENING: lazy_gettext("In the evening"),
    LearningTime.WEEKEND: lazy_gettext("At the weekend"),
}

PROFILE_WORDS: dict[str, LazyString] = {
    each.value: said
    for words in (EXPERIENCE_WORDS, STUDENT_WORDS, FORMAT_WORDS, TIME_WORDS)
    for each, said in words.items()
}
"""All that a profile says beyond role and grades, by what is stored."""
