"""A course that requires the tool's own link waits for itself: the tool says so, but not of a hub course."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lti_tool.db import utc_now
from lti_tool.grades.operations.requirements import enqueue_due_checks
from lti_tool.lms.canvas_oauth import MODULES, SCOPES
from practice_lms.state import Requirement
from tests.lms_fixtures import (
    ADMINISTRATOR,
    DESIGNER,
    EDUCATOR,
    any_lms,
    canvas_lms,
    platform_keys,
    run_lms,
    tool_server,
)
from tests.teams.in_lms import District101, open_district

__all__ = ["any_lms", "canvas_lms", "platform_keys", "run_lms", "tool_server"]
WARNING = "This course waits for itself"


@pytest.fixture
def pd101(app, database, any_lms) -> District101:
    opened = open_district(app, database, any_lms)
    opened.arrive(EDUCATOR)
    opened.connect()
    return opened


def check(pd101: District101) -> str:
    """Let the course be asked about again, as the button on its page does; return the page then."""
    with pd101.database.reading() as db:
        page = f"/sync/courses/{pd101.course(db).id}/paths"
    designer = pd101.practice.launch(DESIGNER, pd101.link)
    designer.post(page.replace("paths", "requirements"))
    pd101.work()
    return designer.get(page).text


def test_a_course_that_requires_the_tools_link_is_warned_of_until_it_does_not(pd101):
    assert "Look now" in check(pd101)

    pd101.link.requirement = Requirement.GRADE
    assert WARNING in check(pd101)

    pd101.link.requirement = Requirement.NONE
    assert WARNING not in check(pd101)


def test_a_course_is_looked_at_once_a_day_without_being_asked(pd101):
    now = utc_now()
    with pd101.database.transaction() as db:
        assert enqueue_due_checks(db, now) == 1
    pd101.work()

    with pd101.database.transaction() as db:
        assert enqueue_due_checks(db, now + timedelta(hours=23)) == 0
        assert enqueue_due_checks(db, now + timedelta(hours=25)) == 1


def test_of_a_consent_before_modules_were_asked_for_nothing_is_said_until_canvas_refuses_them(
    app, database, canvas_lms
):
    pd101 = open_district(app, database, canvas_lms)
    pd101.arrive(EDUCATOR)
    pd101.connect()
    connections, page = canvas_lms.lms.connections, f"/connections/{canvas_lms.registration_id}"
    for key in connections.api_keys.values():
        key.require_scopes = True
    for token in connections.api_tokens.values():
        token.grant.scopes = [scope for scope in SCOPES if scope != MODULES]
    administrator = canvas_lms.launch(ADMINISTRATOR, pd101.link)
    assert "Allow at Canvas again" not in administrator.get(page).text

    check(pd101)

    assert "Allow at Canvas again" in administrator.get(page).text


def test_a_hub_course_may_require_it(pd101):
    pd101.link.requirement = Requirement.GRADE
    check(pd101)
    arrived = pd101.practice.launch(DESIGNER, pd101.link)
    with pd101.database.reading() as db:
        course = pd101.course(db)

    hub = arrived.post(f"/sync/courses/{course.id}/hub", {"is_hub": "true"})

    assert WARNING not in hub.text
    assert "Hub course" in check(pd101)
