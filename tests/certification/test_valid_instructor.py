"""6.1.2 Valid instructor launch payloads: each opens a session that works."""

from __future__ import annotations

import pytest

from lti_tool.launch import names
from lti_tool.people.models import CourseRole
from tests.launch.signing_platform import INSTRUCTOR, LIS, MISSING, NO_EMAIL, NO_NAMES, UNKNOWN_ROLE

VALID = {names.ROLES: [INSTRUCTOR]}


def test_1_launch_as_instructor(opened, role):
    opened(**VALID)

    assert role() is CourseRole.DESIGNER


def test_2_launch_with_multiple_role_values(opened, role):
    opened(**{names.ROLES: [INSTRUCTOR, f"{LIS}institution/person#Staff", f"{LIS}institution/person#Other"]})

    assert role() is CourseRole.DESIGNER


def test_3_launch_with_short_role_value(opened, role):
    opened(**{names.ROLES: ["Instructor"]})

    assert role() is CourseRole.DESIGNER


def test_4_launch_with_unknown_role(opened, role):
    opened(**{names.ROLES: [UNKNOWN_ROLE]})

    assert role() is CourseRole.OTHER


@pytest.mark.parametrize("roles", [[], [""]])
def test_5_launch_with_no_role(roles, opened, role):
    opened(**{names.ROLES: roles})

    assert role() is CourseRole.OTHER


def test_6_launch_with_email_only(opened):
    opened(**VALID, **NO_NAMES)


def test_7_launch_with_names_only(opened):
    opened(**VALID, **NO_EMAIL)


def test_8_launch_with_no_personal_information(opened):
    opened(**VALID, **NO_NAMES, **NO_EMAIL)


def test_9_launch_with_email_and_without_context_claim(opened):
    opened(**VALID, **NO_NAMES, **{names.CONTEXT: MISSING})
