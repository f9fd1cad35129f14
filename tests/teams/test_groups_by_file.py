"""An LMS of no known family gives no access to groups, ever: a team's group is made there by hand or from the file."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lti_tool.launch.models import Family, Registration
from lti_tool.outbox.delivery import deliver_due
from lti_tool.outbox.models import MessageState, OutboxMessage
from lti_tool.people.models import Role
from lti_tool.teams.models import Team, TeamScope
from tests.conftest import make_person
from tests.teams.declared import make_identity
from tests.teams.test_reforming_pages import wren  # noqa: F401 - a fixture

BY_HAND = "Group in the LMS kept by hand"


@pytest.fixture
def other(database, sample, staff, wren) -> int:  # noqa: F811
    """Return a formed team of a course whose LMS is of no known family."""
    with database.transaction() as db:
        db.get_one(Registration, sample.registration.id).family = Family.OTHER
        team = db.get_one(Team, wren)
        team.lms_group_id = team.lms_group_set_id = ""
        for person in staff.educators:
            make_identity(db, sample, person)
    return int(wren)


def states(app, database) -> set[MessageState]:
    """Let the worker do what is due; return where all messages stand then, but for those that a newer one replaced."""
    deliver_due(database, app.extensions["settings"], limit=10)
    with database.reading() as db:
        return set(db.scalars(select(OutboxMessage.state))) - {MessageState.SUPERSEDED}


def test_nothing_waits_for_an_access_that_nobody_can_give(app, database, sample, visit, staff, other):
    with database.transaction() as db:
        administrator = make_person(db, sample, "Kim Hale", Role.ADMINISTRATOR, learner=False)
    designer = visit(sample, staff.designer)

    answers = [
        designer.post(f"/teams/{other}/rename").status_code,
        visit(sample, staff.educators[0]).post(f"/teams/{other}/leave").status_code,
        designer.post(f"/teams/{other}/remove").status_code,
    ]

    assert answers == [303, 303, 303]
    assert states(app, database) == {MessageState.DELIVERED}
    review = visit(sample, administrator).get("/sync/").text
    assert "does not let the tool in" not in review
    assert "Nobody has given the tool access to groups" not in review


def test_a_course_of_it_that_is_named_later_waits_for_nothing_either(app, database, sample, visit, staff, other):
    with database.transaction() as db:
        team = db.get_one(Team, other)
        team.scope, team.course_id = TeamScope.DISTRICT, None
    designer = visit(sample, staff.designer)

    named = designer.post(f"/teams/{other}/course", data={"course": sample.course.id})

    assert named.status_code == 303
    assert states(app, database) == {MessageState.DELIVERED}
    assert BY_HAND in designer.get(f"/teams/{other}").text


def test_the_pages_say_plainly_that_the_group_is_made_by_hand_and_promise_nothing(
    database, sample, visit, staff, other
):
    designer, ana = visit(sample, staff.designer), visit(sample, staff.educators[0])

    of_designer, listed = designer.get(f"/teams/{other}").text, designer.get("/teams/").text
    of_ana, hers = ana.get(f"/teams/{other}").text, ana.get("/teams/?as=educator").text
    taking_out = designer.get(f"/teams/{other}/people").text

    assert all(BY_HAND in page for page in (of_designer, listed, of_ana, hers))
    assert "The tool has no access to groups in this LMS" in of_designer
    assert "groups.csv" in listed
    for page in (of_designer, listed, of_ana, hers, taking_out):
        for promise in ("on its way", "needs somebody", "compared with the LMS every day", "Compare with the LMS now",
                        "under Connections", "Its group in the LMS follows", "You are taken out of its group",
                        "is taken out of the group in the LMS", "is taken out of it; the group"):  # fmt: skip
            assert promise not in page


def test_the_file_names_whoever_has_an_address_and_speaks_of_no_moodle(database, sample, visit, staff, other):
    with database.transaction() as db:
        db.merge(staff.educators[0]).email = ""
    designer = visit(sample, staff.designer)

    page, table = designer.get("/teams/").text, designer.get("/teams/groups.csv").text

    assert "the LMS gave the tool no e-mail address, by which it would find the person." in page
    assert "Moodle would" not in page
    assert "ben@example.test" in table
