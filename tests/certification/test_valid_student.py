"""6.1.3 Valid student launch payloads: each opens a session that works."""

from __future__ import annotations

import pytest

from lti_tool.launch import names
from lti_tool.people.models import CourseRole
from tests.launch.signing_platform import LEARNER, LIS, MISSING, NO_EMAIL, NO_NAMES, UNKNOWN_ROLE

VALID = {names.ROLES: [LEARNER]}


def test_1_launch_as_student(opened, role):
    opened(**VALID)

    assert role() is CourseRole.LEARNER


def test_2_launch_with_multiple_role_values(opened, role):
    opened(**{names.ROLES: [LEARNER, f"{LIS}institution/person#Student", f"{LIS}membership#Mentor"]})

    assert role() is CourseRole.LEARNER


def test_3_launch_with_short_role_value(opened, role):
    opened(**{names.ROLES: ["Learner"]})

    assert role() is CourseRole.LEARNER


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
