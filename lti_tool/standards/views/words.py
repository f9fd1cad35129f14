"""The words by which pages say kinds, strengths and facets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import LazyString, lazy_gettext

from lti_tool.people.models import Availability, EducatorRole, SchoolContext
from lti_tool.people.words import KIND_WORDS
from lti_tool.standards.case import Oddity
from lti_tool.standards.facets import DISCIPLINES, VALUES
from lti_tool.standards.models import EVERYBODY, Strength

STRENGTH_WORDS = {
    Strength.INTRODUCES: lazy_gettext("Introduces it"),
    Strength.DEVELOPS: lazy_gettext("Develops it"),
    Strength.DEMONSTRATES: lazy_gettext("Has people show it"),
}

AVAILABILITY_WORDS = {
    Availability.RETIRED: lazy_gettext("Retired"),
    Availability.UNAVAILABLE: lazy_gettext("No longer in the LMS"),
    Availability.OVER: lazy_gettext("Over"),
    Availability.UNMARKED: lazy_gettext("Not marked as professional learning"),
}

FACET_WORDS = {
    "grade_bands": lazy_gettext("Grades"),
    "disciplines": lazy_gettext("Disciplines"),
    "roles": lazy_gettext("Roles"),
    "contexts": lazy_gettext("Schools"),
}

ALL_WORDS = {
    "grade_bands": lazy_gettext("all grades"),
    "disciplines": lazy_gettext("all disciplines"),
    "roles": lazy_gettext("all roles"),
    "contexts": lazy_gettext("all schools"),
}

VALUE_WORDS: Mapping[str, LazyString] = {
    EducatorRole.TEACHER: lazy_gettext("teachers"),
    EducatorRole.SPECIAL_EDUCATOR: lazy_gettext("special educators"),
    EducatorRole.PARAEDUCATOR: lazy_gettext("paraeducators"),
    EducatorRole.COUNSELOR: lazy_gettext("counselors"),
    EducatorRole.LIBRARIAN: lazy_gettext("librarians"),
    EducatorRole.NURSE: lazy_gettext("nurses"),
    EducatorRole.COACH: lazy_gettext("coaches"),
    EducatorRole.PRINCIPAL: lazy_gettext("principals"),
    EducatorRole.CENTRAL_OFFICE: lazy_gettext("central office"),
    EducatorRole.OTHER: lazy_gettext("other roles"),
    SchoolContext.RURAL: lazy_gettext("small or rural"),
    SchoolContext.MULTILINGUAL: lazy_gettext("multilingual"),
    SchoolContext.VIRTUAL: lazy_gettext("virtual"),
}


ODDITY_WORDS = {
    Oddity.MERGED: lazy_gettext("Items that stand there more than once in the same words; each is taken once"),
    Oddity.CONTRADICTORY: lazy_gettext(
        "Items that stand there more than once in different words; the first words are taken"
    ),
    Oddity.UNKNOWN_PARENT: lazy_gettext("Items whose parent is not in the file; they come under the framework itself"),
    Oddity.UNPLACED: lazy_gettext("Items without a parent; they come under the framework itself"),
    Oddity.SEVERAL_PARENTS: lazy_gettext("Items with several parents; the first one is taken"),
    Oddity.NO_CODE: lazy_gettext("Items without a code; their number in the list is taken"),
    Oddity.SHORTENED_CODE: lazy_gettext("Codes that are too long; their beginning is kept"),
    Oddity.SAME_NUMBER: lazy_gettext("Items with the sequence number of another one; they keep the order of the file"),
    Oddity.UNKNOWN_LINK: lazy_gettext("Associations that begin at an item that is not in the file; they are left out"),
    Oddity.PARENT_FROM_CODE: lazy_gettext("Items without a parent whose code says where they belong"),
    Oddity.SPLIT: lazy_gettext("Items that several others replace; goals are offered the first of these"),
}


def say_value(name: str, value: str) -> str:
    """Return a value of a facet in words; grades and disciplines are words already."""
    return str(ALL_WORDS[name] if value == EVERYBODY else VALUE_WORDS.get(value, value))


def template_words() -> dict[str, Any]:
    """Return the words that templates may say."""
    return {
        "strength_words": STRENGTH_WORDS,
        "kind_words": KIND_WORDS,
        "availability_words": AVAILABILITY_WORDS,
        "facet_words": FACET_WORDS,
        "facet_values": {**VALUES, "disciplines": DISCIPLINES},
        "all_words": ALL_WORDS,
        "say_value": say_value,
    }
