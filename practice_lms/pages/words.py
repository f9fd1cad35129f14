"""What each flavour calls the same thing, so that people who know the LMS know where they are."""

from __future__ import annotations

from practice_lms.state import Enrolment, Flavour, Requirement

WORDS = {
    Flavour.MOODLE: {
        "name": "Practice Moodle",
        "activate": "Activate",
        "deactivate": "Deactivate",
        "active": "Active",
        "inactive": "Pending: activate it before the first launch",
        "tools": "Manage tools",
        "publish": "Show to learners",
        "unpublish": "Hide from learners",
        "unpublished": "Hidden from learners",
        "group_set": "Grouping",
        "loose_groups": "Groups without a grouping",
    },
    Flavour.CANVAS: {
        "name": "Practice Canvas",
        "activate": "Turn on",
        "deactivate": "Turn off",
        "active": "On",
        "inactive": "Off: turn the key on before the first launch",
        "tools": "Developer keys",
        "publish": "Publish",
        "unpublish": "Unpublish",
        "unpublished": "Not published",
        "group_set": "Group set",
        "loose_groups": "Groups without a group set",
    },
}

ENROLMENT_WORDS = {
    Flavour.MOODLE: {
        Enrolment.STUDENT: "Student",
        Enrolment.TEACHER: "Teacher",
        Enrolment.ASSISTANT: "Non-editing teacher",
        Enrolment.DESIGNER: "Course designer",
    },
    Flavour.CANVAS: {
        Enrolment.STUDENT: "Student",
        Enrolment.TEACHER: "Teacher",
        Enrolment.ASSISTANT: "TA",
        Enrolment.DESIGNER: "Designer",
    },
}

REQUIREMENT_WORDS = {
    Requirement.NONE: "Nothing is required",
    Requirement.VIEW: "Open it",
    Requirement.DONE: "Mark it as done",
    Requirement.GRADE: "Receive a grade",
    Requirement.PASS: "Receive a passing grade",
}
