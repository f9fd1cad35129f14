"""What somebody changes by hand in a team's group of the LMS: listed within a day, and undone only when asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from lti_tool.db import utc_now
from lti_tool.launch.models import RestAccess
from lti_tool.outbox.models import OutboxMessage
from lti_tool.teams.models import Team
from lti_tool.teams.operations.announcing import announce_due
from lti_tool.teams.tasks import compare_groups
from practice_lms.moodle.webservice_access import FUNCTIONS
from practice_lms.state import Flavour
from tests.grades.conftest import worker
from tests.lms_fixtures import DESIGNER, Arrived, any_lms, platform_keys, run_lms, tool_server
from tests.teams.in_lms import District101
from tests.teams.test_groups import FOUR, pd101, team_of, the_team

__all__ = ["any_lms", "pd101", "platform_keys", "run_lms", "tool_server", "worker"]


@pytest.fixture
def team_id(pd101, worker) -> int:
    pd101.connect()
    with pd101.database.transaction() as db:
        team = team_of(pd101, db, "Amber heron", *FOUR)
    pd101.work()
    return team.id


def a_day_later(pd101: District101) -> int:
    """Let a day pass; return how many groups are compared then."""
    with pd101.database.transaction() as db:
        db.execute(update(Team).values(lms_compared_at=utc_now() - timedelta(days=1)))
    found = compare_groups()
    with pd101.database.transaction() as db:
        db.execute(update(OutboxMessage).values(due_at=utc_now()))
    pd101.work()
    return found


def press(designer: Arrived, team_id: int, button: str) -> None:
    page = designer.get(f"/teams/{team_id}")
    designer.browser.submit(page, page.form(button=button))


def test_changes_by_hand_are_listed_within_a_day_and_put_back_or_left_as_the_designer_says(pd101, team_id):
    (group,) = pd101.groups()
    group.name = "Room 12"
    group.member_ids.remove(pd101.practice.user("ben.okafor").id)
    group.member_ids.append(pd101.practice.user("elena.petrova").id)

    assert (a_day_later(pd101), group.name) == (1, "Room 12")
    assert set(group.member_ids) == pd101.ids(FOUR[0], *FOUR[2:], "elena.petrova")
    assert the_team(pd101, team_id).lms_confirmed_at is None

    designer = pd101.practice.launch(DESIGNER, pd101.link)
    press(designer, team_id, "Give it the team's name The group is called “Room 12” in the LMS.")
    press(designer, team_id, "Put it back Ben Okafor is in the team, and was taken out of the group.")
    press(designer, team_id, "Leave it as it is Somebody who has not opened the tool yet is in the group")
    pd101.work()

    assert (group.name, set(group.member_ids)) == ("Amber heron", pd101.ids(*FOUR, "elena.petrova"))
    assert the_team(pd101, team_id).lms_confirmed_at is not None
    press(designer, team_id, "Take out of the group Somebody")
    pd101.work()
    assert set(group.member_ids) == pd101.ids(*FOUR)
    assert "Changed by hand" not in designer.get(f"/teams/{team_id}").text


def test_another_name_of_the_team_is_given_to_its_group_unless_one_of_the_lms_was_left_to_it(pd101, team_id):
    (group,) = pd101.groups()
    educator = pd101.practice.launch(FOUR[0], pd101.link)
    press(educator, team_id, "Give it another name")
    pd101.work()
    assert group.name == the_team(pd101, team_id).name != "Amber heron"

    group.name = "Room 12"
    a_day_later(pd101)
    press(pd101.practice.launch(DESIGNER, pd101.link), team_id, "Leave it as it is The group is called “Room 12”")
    press(educator, team_id, "Give it another name")
    pd101.work()
    assert group.name == "Room 12"


def test_a_group_that_was_deleted_is_made_again_only_when_the_designer_says_so(pd101, team_id):
    (group,) = pd101.groups()
    pd101.practice.lms.groups.pop(group.id)
    a_day_later(pd101)
    designer = pd101.practice.launch(DESIGNER, pd101.link)

    press(designer, team_id, "Leave it as it is The group was deleted in the LMS.")
    pd101.work()
    a_day_later(pd101)
    assert pd101.groups() == []

    press(designer, team_id, "Make it again")
    pd101.work()
    (again,) = pd101.groups()
    assert (again.name, set(again.member_ids)) == ("Amber heron", pd101.ids(*FOUR))
    assert the_team(pd101, team_id).lms_confirmed_at is not None


def let_rename(pd101: District101, *, allowed: bool) -> None:
    """Let the service that the tool uses have the function that renames groups, or take it out."""
    (token,) = pd101.practice.lms.connections.web_service_tokens.values()
    token.functions = None if allowed else frozenset(FUNCTIONS) - {"core_group_update_groups"}


@pytest.mark.parametrize("any_lms", [Flavour.MOODLE], indirect=True)
def test_a_name_that_the_lms_does_not_let_the_tool_give_is_laid_at_nobodys_door_and_given_once_it_may(pd101, team_id):
    (group,) = pd101.groups()
    designer = pd101.practice.launch(DESIGNER, pd101.link)
    let_rename(pd101, allowed=False)
    press(designer, team_id, "Give it another name")
    pd101.work()
    name, pages = the_team(pd101, team_id).name, [designer.get(f"/teams/{team_id}")]
    for _ in range(2):
        a_day_later(pd101)
        pages.append(designer.get(f"/teams/{team_id}"))

    assert group.name == "Amber heron" != name
    for page in pages:
        text = page.text
        assert text.count("The LMS did not let the tool rename the group, which is called “Amber heron” there.") == 1
        assert "renamed in the LMS" not in text
        assert "Changed by hand" not in text
        assert "Group in the LMS confirmed" not in text

    let_rename(pd101, allowed=True)
    a_day_later(pd101)
    assert group.name == name
    assert "Group in the LMS confirmed" in designer.get(f"/teams/{team_id}").text


@pytest.mark.parametrize("any_lms", [Flavour.MOODLE], indirect=True)
def test_a_name_of_somebodys_that_cannot_be_taken_back_is_said_once_and_is_right_once_changed_there(pd101, team_id):
    (group,) = pd101.groups()
    group.name = "Room 12"
    a_day_later(pd101)
    designer = pd101.practice.launch(DESIGNER, pd101.link)
    let_rename(pd101, allowed=False)

    press(designer, team_id, "Give it the team's name The group is called “Room 12” in the LMS.")
    pd101.work()
    a_day_later(pd101)
    text = designer.get(f"/teams/{team_id}").text
    group.name = "Amber heron"
    a_day_later(pd101)

    assert "The LMS did not let the tool rename the group, which is called “Room 12” there." in text
    assert "Changed by hand" not in text
    assert the_team(pd101, team_id).lms_confirmed_at is not None
    assert the_team(pd101, team_id).lms_note == ""


@pytest.mark.parametrize("any_lms", [Flavour.MOODLE], indirect=True)
def test_a_group_is_not_asked_about_twice_nor_in_a_course_or_an_lms_that_is_not_to_be_read(pd101, team_id):
    with pd101.database.transaction() as db:
        team = db.get_one(Team, team_id)
        team.lms_compared_at = None
        marked_at, team.course.professional_learning_at = team.course.professional_learning_at, None
        assert announce_due(db, utc_now()) == 0

        team.course.professional_learning_at = marked_at
        access = db.get_one(RestAccess, team.course.registration_id)
        access.problem = "The token has ended."
        assert announce_due(db, utc_now()) == 0

        access.problem = ""
        assert announce_due(db, utc_now()) == 1
        assert announce_due(db, utc_now()) == 0
