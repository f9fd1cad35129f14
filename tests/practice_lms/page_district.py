"""A district in use, for the tests of the pages: a tool in a course, grades, and groups."""

from __future__ import annotations

from practice_lms import progress
from practice_lms.district import build_district, course_by_label, user_by_login
from practice_lms.keys import PlatformKeys
from practice_lms.state import Activity, Flavour, Group, GroupSet, LineItem, Lms, Requirement, Tool

KEYS = PlatformKeys()
SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
STARTS_ENABLED = "https://canvas.instructure.com/lti/course_navigation/default_enabled"


def tool_of(lms: Lms, origin: str = "https://tool.example.test") -> Tool:
    """Register a tool whose navigation starts switched off."""
    number = lms.new_id()
    lms.tools[number] = Tool(
        id=number,
        client_id="10000000000068",
        deployment_id=f"{number}:{lms.opaque_id('account', 1)}",
        name="Like Goals",
        domain=origin.removeprefix("https://").removeprefix("http://"),
        initiate_login_uri=f"{origin}/login",
        target_link_uri=f"{origin}/launch",
        redirect_uris=[f"{origin}/launch"],
        jwks_uri=f"{origin}/jwks",
        scopes=[SCORE],
        claims=["sub", "name"],
        custom={},
        messages=[
            {"type": "LtiDeepLinkingRequest", "placements": ["course_assignments_menu"]},
            {"type": "LtiResourceLinkRequest", "placements": ["course_navigation"], STARTS_ENABLED: False},
            {"type": "LtiResourceLinkRequest", "placements": ["account_navigation"]},
        ],
        active=True,
    )
    return lms.tools[number]


def link_of(lms: Lms, tool: Tool, label: str) -> Activity:
    """Put a link to the tool, with its gradebook column, into a course."""
    course, number, column = course_by_label(lms, label), lms.new_id(), lms.new_id()
    lms.activities[number] = Activity(number, course.id, "My goals", Requirement.GRADE, tool_id=tool.id)
    lms.line_items[column] = LineItem(column, course.id, "My goals", 1.0, tool.id, number, coupled=True)
    return lms.activities[number]


def group_of(lms: Lms, label: str, *logins: str) -> Group:
    """Make a group of these people, in a set of its own."""
    course = course_by_label(lms, label)
    members = [user_by_login(lms, login).id for login in logins]
    the_set = GroupSet(lms.new_id(), course.id, "Like goals")
    group = Group(lms.new_id(), course.id, "Open questions", set_id=the_set.id, member_ids=members)
    the_set.group_ids.add(group.id)
    lms.group_sets[the_set.id], lms.groups[group.id] = the_set, group
    return group


def district_in_use(flavour: Flavour) -> Lms:
    """Return a district where PD102 has a tool, a finished learner and a group."""
    lms = build_district(flavour, "http://lms.test", KEYS)
    link_of(lms, tool_of(lms), "PD102")
    group_of(lms, "PD102", "farah.siddiqui", "hana.kim")
    progress.finish_course(lms, course_by_label(lms, "PD102"), user_by_login(lms, "hana.kim"))
    return lms
