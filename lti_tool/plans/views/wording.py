"""How pages of plans call what goals are made of."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext

from lti_tool.plans.chain import Step
from lti_tool.plans.finding import Place
from lti_tool.plans.models import Audience, GoalKind, RationaleKind, RationaleSource, TryStep
from lti_tool.plans.student_signs import Sign
from lti_tool.plans.words import SLOTS

AUDIENCE_WORDS = {
    Audience.PRIVATE: lazy_gettext("Only me"),
    Audience.REVIEWER: lazy_gettext("My supervisor and whoever reads my plan"),
    Audience.TEAM: lazy_gettext("My team"),
    Audience.SCHOOL: lazy_gettext("My school"),
    Audience.DISTRICT: lazy_gettext("My district"),
}

STEP_WORDS = {
    Step.WHY: lazy_gettext("Why"),
    Step.INDICATOR: lazy_gettext("Indicator"),
    Step.CHANGE: lazy_gettext("What I will change"),
    Step.LEARNING: lazy_gettext("Learning"),
    Step.TRY: lazy_gettext("Try-it"),
    Step.RESULT: lazy_gettext("What came of it"),
}

KIND_WORDS = {
    GoalKind.PRACTICE: lazy_gettext("my practice"),
    GoalKind.STUDENT_LEARNING: lazy_gettext("what students learn"),
    GoalKind.SCHOOL: lazy_gettext("a goal of my school"),
    GoalKind.DISTRICT: lazy_gettext("a goal of my district"),
    GoalKind.PERSONAL: lazy_gettext("something of my own"),
}

LEARNING_PLACE_WORDS = {
    Place.TEAM: lazy_gettext("In your team"),
    Place.SCHOOL: lazy_gettext("At your school"),
    Place.DISTRICT: lazy_gettext("In your district"),
    Place.COURSE: lazy_gettext("Courses in the LMS"),
    Place.OUTSIDE: lazy_gettext("Outside the district"),
}

PLACE_WORDS = {
    RationaleKind.EDUCATOR: lazy_gettext("My own work"),
    RationaleKind.STUDENT: lazy_gettext("My students as a whole"),
    RationaleKind.SYSTEM: lazy_gettext("My school or district"),
}

SOURCE_WORDS = {
    RationaleSource.SELF_ASSESSMENT: lazy_gettext("my self-assessment"),
    RationaleSource.FEEDBACK: lazy_gettext("themes of feedback I got"),
    RationaleSource.OBSERVATION: lazy_gettext("what I noticed"),
    RationaleSource.CLASS_WORK: lazy_gettext("work from class"),
    RationaleSource.ASSESSMENT: lazy_gettext("an assessment"),
    RationaleSource.SURVEY: lazy_gettext("a survey"),
    RationaleSource.ATTENDANCE: lazy_gettext("attendance"),
    RationaleSource.SCHOOL_PLAN: lazy_gettext("the school's plan"),
    RationaleSource.DISTRICT_PLAN: lazy_gettext("the district's plan"),
    RationaleSource.OTHER: lazy_gettext("something else"),
}

SIGN_WORDS = {
    Sign.EMAIL: lazy_gettext("an e-mail address"),
    Sign.PHONE: lazy_gettext("a phone number"),
    Sign.ADDRESS: lazy_gettext("a street address"),
    Sign.BIRTH_DATE: lazy_gettext("a date of birth"),
    Sign.NAME_AND_NUMBER: lazy_gettext("a name with a number"),
    Sign.STUDENT_NUMBER: lazy_gettext("a student's number"),
    Sign.LONG_NUMBER: lazy_gettext("a long number"),
}

_SLOT_WORDS = {
    "text": lazy_gettext("in words"),
    "source": lazy_gettext("what tells it"),
    "dated_on": lazy_gettext("as of"),
    "link": lazy_gettext("link"),
    "priority_id": lazy_gettext("priority"),
    "cleared": lazy_gettext("names nobody"),
}

GAP_WORDS = {
    "practice_change": lazy_gettext("what you will do differently"),
    "student_result": lazy_gettext("what will be different for your students"),
    "measure": lazy_gettext("how you will know"),
    "due_on": lazy_gettext("by when"),
    "with_whom": lazy_gettext("with whom"),
}


def _slot_words(kind: RationaleKind, name: str) -> LazyString:
    return lazy_gettext("%(place)s: %(part)s", place=PLACE_WORDS[kind], part=_SLOT_WORDS[name])


FIELD_WORDS = {
    **{f"{kind}_{name}": _slot_words(kind, name) for kind, names in SLOTS.items() for name in names},
    "indicator_ids": lazy_gettext("Indicators"),
    "headline": lazy_gettext("Headline"),
    "kind": lazy_gettext("What it is about"),
    "practice_change": lazy_gettext("What I will change"),
    "student_result": lazy_gettext("For my students"),
    "measure": lazy_gettext("How I will know"),
    "due_on": lazy_gettext("By when"),
    "with_whom": lazy_gettext("With whom"),
}

TRY_STEP_WORDS: dict[TryStep, LazyString] = {
    TryStep.KEPT: lazy_gettext("means to try it"),
    TryStep.TRIED: lazy_gettext("tried it as it is"),
    TryStep.ADAPTED: lazy_gettext("adapted it"),
}
