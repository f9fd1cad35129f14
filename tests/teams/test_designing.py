"""The designer's work on the teams of a course, page by page."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lti_tool.people.models import Course
from lti_tool.plans.models import Audience, Goal
from lti_tool.teams.models import MemberState, Team
from tests.conftest import make_person
from tests.teams.conftest import only_team, propose_and_send


def test_a_designer_proposes_teams_that_only_designers_see(database, sample, visit, staff):
    designer, educator = visit(sample, staff.designer), visit(sample, staff.educators[0])

    answer = designer.post("/teams/propose", data={"reach": "district"})
    page = designer.get("/teams/").text

    assert answer.status_code == 303
    assert "All four work on 1c.2." in page
    assert "Two schools: Hill School and Lake School." in page
    assert "Eva Novak" in page.split("In no team yet")[1]
    team = only_team(database)
    assert team.name not in educator.get("/teams/").text
    assert educator.get(f"/teams/{team.id}").status_code == 404
    assert educator.post(f"/teams/{team.id}/accept").status_code == 404


def test_proposing_again_replaces_what_was_not_sent(database, sample, visit, staff):
    designer = visit(sample, staff.designer)
    designer.post("/teams/propose", data={"reach": "district"})
    first = only_team(database).id

    designer.post("/teams/propose", data={"reach": "school"})

    with database.reading() as db:
        teams = db.scalars(select(Team)).all()
        assert first not in [team.id for team in teams] or len(teams) == 2
        assert sorted(len(team.members) for team in teams) == [2, 2]


def test_a_member_is_moved_after_its_effect_was_shown(database, sample, visit, staff):
    designer = visit(sample, staff.designer)
    designer.post("/teams/propose", data={"reach": "school"})
    with database.reading() as db:
        first, second = db.scalars(select(Team).order_by(Team.id)).all()
        member_id = first.members[0].id
    path = f"/teams/{first.id}/members/{member_id}/move"

    shown = designer.get(path).text
    designer.post(path, data={"target": str(second.id)})

    assert "Then 3 people. All three work on 1c.2." in shown
    with database.reading() as db:
        sizes = {team.id: len(team.members) for team in db.scalars(select(Team))}
    assert sizes == {first.id: 1, second.id: 3}
    assert "All three work on 1c.2." in designer.get("/teams/").text


def test_a_sent_proposal_can_no_longer_be_edited(database, sample, visit, staff):
    propose_and_send(visit, sample, staff)
    team = only_team(database)

    answer = visit(sample, staff.designer).post(
        f"/teams/{team.id}/members/{team.members[0].id}/move", data={"target": "out"}
    )

    assert answer.status_code == 409


@pytest.mark.parametrize("path", ["propose", "send", "1/send", "1/remove", "1/form", "1/group", "1/members/1/move"])
def test_an_educator_cannot_do_a_designers_work(sample, visit, staff, path):
    assert visit(sample, staff.educators[0]).post(f"/teams/{path}", data={"target": "out"}).status_code == 403


def test_the_designer_of_one_course_does_not_design_another(database, sample, visit, staff):
    propose_and_send(visit, sample, staff)
    team = only_team(database)
    with database.transaction() as db:
        other = Course(
            district_id=sample.district.id, registration_id=sample.registration.id, deployment_id=sample.deployment.id,
            context_id="other", title="Other", professional_learning_at=sample.course.professional_learning_at,
        )  # fmt: skip
        db.add(other)
        teacher = make_person(db, sample, "Tia Teacher")
    visitor = visit(sample, teacher, course_id=other.id, is_course_designer=True)

    assert visitor.post(f"/teams/{team.id}/remove").status_code == 403
    assert visitor.get(f"/teams/{team.id}").status_code == 404


def test_formed_teams_are_downloaded_in_the_form_of_the_lms(database, sample, visit, staff):
    propose_and_send(visit, sample, staff)
    team = only_team(database)
    for person in staff.educators[:3]:
        visit(sample, person).post(f"/teams/{team.id}/accept")

    text = visit(sample, staff.designer).get("/teams/groups.csv").text

    lines = text.splitlines()
    assert lines[0] == "email,firstname,lastname,course1,group1"
    assert lines[1] == f"ana@example.test,Ana,Ruiz,{sample.course.label},{team.name}"
    assert len(lines) == 4


def test_team_names_are_a_colour_and_a_bird(database, sample, visit, staff):
    propose_and_send(visit, sample, staff)

    team = only_team(database)

    assert len(team.name.split()) == 2
    assert all(member.state is MemberState.INVITED for member in team.members)


def test_a_goal_that_was_withdrawn_is_gone_from_an_unsent_proposal(database, sample, visit, staff):
    designer = visit(sample, staff.designer)
    designer.post("/teams/propose", data={"reach": "district"})
    team = only_team(database)
    with database.transaction() as db:
        db.delete(db.get_one(Goal, staff.goal_ids[0]).declaration)

    page = designer.get("/teams/").text
    designer.post(f"/teams/{team.id}/send")

    assert "Ana Ruiz" not in page
    assert "All three work on 1c.2." in page
    assert {member.person_id for member in only_team(database).members} == {
        person.id for person in staff.educators[1:4]
    }


def test_nobody_is_moved_to_where_a_goal_would_be_shown_too_widely(database, sample, visit, staff):
    with database.transaction() as db:
        db.get_one(Goal, staff.goal_ids[0]).declaration.audience = Audience.SCHOOL
    designer = visit(sample, staff.designer)
    designer.post("/teams/propose", data={"reach": "school"})
    with database.reading() as db:
        first, second = db.scalars(select(Team).order_by(Team.id)).all()
        hers, theirs = (first, second) if first.membership_of(staff.educators[0].id) else (second, first)
        member = hers.membership_of(staff.educators[0].id)
    path = f"/teams/{hers.id}/members/{member.id}/move"

    shown = designer.get(path).text
    answer = designer.post(path, data={"target": str(theirs.id)})

    assert "shared with its own school only" in shown
    assert answer.status_code == 409
