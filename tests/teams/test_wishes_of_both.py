"""A team that was found across the district is of the course whose group it is, too: wishes of both hold."""

from __future__ import annotations

import pytest

from lti_tool.people.models import Supervision
from lti_tool.plans.models import Goal
from lti_tool.teams.models import MemberState, Team, TeamScope
from tests.conftest import make_course, make_person
from tests.teams.conftest import only_team
from tests.teams.declared import make_goal
from tests.teams.test_reforming_pages import look_for, people_in, wren  # noqa: F401 - a fixture
from tests.teams.test_who_may_join import keep_apart


def find_across_the_district(database, team_id: int, *, has_group: bool) -> None:
    """Let a team be one that was found among the goals of the district, with its group in the course or without."""
    with database.transaction() as db:
        team = db.get_one(Team, team_id)
        team.scope, team.course_id = TeamScope.DISTRICT, team.course_id if has_group else None


@pytest.mark.parametrize(("has_group", "is_asked"), [(True, False), (False, True)])
def test_a_courses_wish_keeps_a_joiner_of_the_district_from_a_team_with_its_group_there_and_from_no_other(
    database, sample, visit, staff, wren, has_group, is_asked  # noqa: F811
):  # fmt: skip
    find_across_the_district(database, wren, has_group=has_group)
    keep_apart(database, sample, staff.educators[0], staff.educators[3])
    designer = visit(sample, staff.designer)

    look_for(designer, "joiners", "district")
    designer.post("/teams/changes/send", data={"place": "district"})

    assert ("Dinesh Rao" in people_in(database, wren)) == is_asked


def test_a_courses_wish_is_asked_again_when_somebody_joins_a_team_with_its_group_there(
    database, sample, visit, staff, wren  # noqa: F811
):  # fmt: skip
    find_across_the_district(database, wren, has_group=True)
    designer, dinesh = visit(sample, staff.designer), visit(sample, staff.educators[3])
    look_for(designer, "joiners", "district")
    designer.post("/teams/changes/send", data={"place": "district"})
    keep_apart(database, sample, staff.educators[0], staff.educators[3])

    answer = dinesh.post(f"/teams/{wren}/accept")

    assert answer.status_code == 409
    assert people_in(database, wren)["Dinesh Rao"] is MemberState.INVITED


def test_a_wish_of_the_district_keeps_a_courses_joiner_from_an_invitation_that_could_only_be_refused(
    database, sample, visit, staff, wren  # noqa: F811
):  # fmt: skip
    find_across_the_district(database, wren, has_group=True)
    keep_apart(database, sample, staff.educators[0], staff.educators[3], scope=TeamScope.DISTRICT)
    designer = visit(sample, staff.designer)

    look_for(designer, "joiners")
    designer.post("/teams/changes/send", data={"place": "course"})

    assert "Dinesh Rao" not in people_in(database, wren)


def test_a_proposal_of_the_district_is_not_sent_into_a_course_that_keeps_two_of_it_apart(
    database, sample, visit, staff
):
    designer = visit(sample, staff.designer)
    look_for(designer, "anew", "district")
    keep_apart(database, sample, *staff.educators[:2])
    team = only_team(database)

    page = designer.get(f"/teams/{team.id}/send?course={sample.course.id}").text
    answers = [
        designer.post(f"/teams/{team.id}/send", data={"course": course}).status_code
        for course in (str(sample.course.id), "none")
    ]

    assert "Ana Ruiz and Ben Okafor are kept apart." in page
    assert answers == [409, 303]


def test_what_a_course_keeps_back_of_a_district_says_why_and_another_course_can_be_named(
    database, sample, visit, staff
):
    designer = visit(sample, staff.designer)
    look_for(designer, "anew", "district")
    keep_apart(database, sample, *staff.educators[:2])
    team, course = only_team(database), str(sample.course.id)

    one = designer.get(f"/teams/{team.id}/send?course={course}").text
    every = designer.get(f"/teams/send?place=district&course={course}").text
    answer = designer.post("/teams/send", data={"place": "district", "course": course}, follow_redirects=True)

    for page in (one, every, answer.text):
        assert "What cannot be sent to Formative assessment stays:" in page
        assert f"{team.name}: Ana Ruiz and Ben Okafor are kept apart." in page
    assert f'href="{designer.prefix}/teams/{team.id}/send">Choose another course' in one
    assert "What can be sent is sent. What is left says why." in answer.text


def test_a_team_gets_no_course_later_that_keeps_two_who_joined_apart(
    database, sample, visit, staff, wren  # noqa: F811
):  # fmt: skip
    find_across_the_district(database, wren, has_group=False)
    keep_apart(database, sample, *staff.educators[2:4])  # of whom one is in no team
    with database.transaction() as db:
        title = "Another course"
        other = make_course(db, sample.district.id, sample.registration.id, sample.deployment.id, title)
    keep_apart(database, sample, *staff.educators[:2])
    designer = visit(sample, staff.designer)

    refused = designer.post(f"/teams/{wren}/course", data={"course": sample.course.id})
    named = designer.post(f"/teams/{wren}/course", data={"course": other.id})

    assert (refused.status_code, named.status_code) == (409, 303)
    assert "Two of this team are kept apart in that course. Choose another course." in refused.text


def test_of_two_joiners_who_have_come_to_be_kept_apart_since_the_look_one_alone_is_asked(
    database, sample, visit, staff, wren  # noqa: F811
):  # fmt: skip
    dinesh = staff.educators[3]
    with database.transaction() as db:
        mia = make_person(db, sample, "Mia Lund")
        make_goal(db, sample, mia, db.get_one(Goal, staff.goal_ids[0]).indicators[0])
    designer = visit(sample, staff.designer)
    look_for(designer, "joiners")
    with database.transaction() as db:
        db.add(Supervision(person_id=dinesh.id, supervisor_id=mia.id))

    pages = []
    for _ in range(2):
        pages.append(designer.get("/teams/changes").text)
        designer.post("/teams/changes/send", data={"place": "course"})

    assert all("Mia Lund and Dinesh Rao are kept apart." in page for page in pages)
    (asked,) = (name for name, state in people_in(database, wren).items() if state is MemberState.INVITED)
    joining = next(each for each in (dinesh, mia) if each.name == asked)
    assert visit(sample, joining).post(f"/teams/{wren}/accept").status_code == 303
